import MQTTCodec

/// A CONNECT as a client writes it; each test changes what it is about.
struct ClientConnect {
  var version = ProtocolVersion.v5
  var name: String?
  var level: UInt8?
  var flags: UInt8 = 0b10
  var keepAlive = 60
  var properties: [UInt8] = [0]
  var clientID: [UInt8] = Array("c".utf8)
  /// Will properties, will topic, will payload, user name and password, as far as the flags say that they are there.
  var rest: [UInt8] = []

  var bytes: [UInt8] {
    let name = name ?? (version == .v3_1 ? "MQIsdp" : "MQTT")
    return packet(
      0x10, text(name), [level ?? version.rawValue, flags], two(keepAlive), version == .v5 ? properties : [],
      field(clientID), rest)
  }

  func decode() throws(ProtocolFault) -> ConnectPacket { try ConnectPacket(bytes) }
  var fault: ReasonCode? { MQTTCodecTests.fault(bytes, version) }
}

extension ConnectPacket {
  init(_ bytes: [UInt8]) throws(ProtocolFault) {
    self = try ConnectPacket.decode(bytes.span, try header(bytes, nil))
  }
}
