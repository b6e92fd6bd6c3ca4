/// The flags byte of CONNECT (MQTT 5.0 section 3.1.2.3).
struct ConnectFlags {
  let byte: UInt8

  var cleanStart: Bool { byte & 0b0000_0010 != 0 }
  var hasWill: Bool { byte & 0b0000_0100 != 0 }
  var isWillRetain: Bool { byte & 0b0010_0000 != 0 }
  var hasPassword: Bool { byte & 0b0100_0000 != 0 }
  var hasUserName: Bool { byte & 0b1000_0000 != 0 }
  let willQoS: QoS

  /// Checks `byte` by the rules of `version`. MQTT 3.1 says of the reserved bit that it isn't used, and that the will's
  /// QoS and RETAIN are disregarded without a will (MQTT 3.1 section 3.1).
  init(_ byte: UInt8, _ version: ProtocolVersion) throws(ProtocolFault) {
    self.byte = byte
    let willQoS = QoS(rawValue: (byte >> 3) & 0b11)
    self.willQoS = willQoS ?? .atMostOnce
    if hasWill, willQoS == nil { throw .malformed("a will with QoS 3") }
    if version != .v3_1 {
      guard byte & 0b0000_0001 == 0 else { throw .malformed("the reserved flag of CONNECT is set") }
      if !hasWill, byte & 0b0011_1000 != 0 { throw .malformed("a will QoS or will RETAIN without a will") }
    }
    if version != .v5, hasPassword, !hasUserName { throw .malformed("a password without a user name") }
  }
}
