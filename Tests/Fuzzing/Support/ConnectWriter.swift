import MQTTCodec

/// Writes a CONNECT again that was decoded: no part of Sluice does, since it is a server.
enum ConnectWriter {
  static func bytes(_ packet: ConnectPacket, _ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    func take(_ range: Range<Int>) -> [UInt8] { field(Array(bytes[range])) }
    var flags: UInt8 = packet.cleanStart ? 0b10 : 0
    if packet.userName != nil { flags |= 0b1000_0000 }
    if packet.password != nil { flags |= 0b0100_0000 }
    if let will = packet.will {
      flags |= 0b100 | will.qos.rawValue << 3 | (will.isRetain ? 0b10_0000 : 0)
    }
    var body = text(packet.version == .v3_1 ? "MQIsdp" : "MQTT") + [packet.version.rawValue, flags]
    body += two(Int(packet.keepAliveSeconds))
    if packet.version == .v5 { body += list(packet.properties, take) }
    body += take(packet.clientID)
    if let will = packet.will {
      if packet.version == .v5 {
        var forwarded = ByteBuffer()
        will.properties.appendForwardable(from: bytes.span, to: &forwarded)
        let expiry = will.messageExpirySeconds.map { [0x02] + four(Int($0)) } ?? []
        body += properties(expiry, Array(forwarded.bytes), [0x18] + four(Int(will.delaySeconds)))
      }
      body += take(will.topic) + take(will.payload)
    }
    if let userName = packet.userName { body += take(userName) }
    if let password = packet.password { body += take(password) }
    return Fuzzing.packet(0x10, body)
  }

  private static func list(_ wants: ConnectProperties, _ take: (Range<Int>) -> [UInt8]) -> [UInt8] {
    let nothing = text("")
    return properties(
      [0x11] + four(Int(wants.sessionExpirySeconds)), [0x21] + two(Int(wants.receiveMaximum)),
      wants.packetBytesMax.map { [0x27] + four(Int($0)) } ?? [], [0x22] + two(Int(wants.topicAliasMaximum)),
      [0x19, wants.wantsResponseInformation ? 1 : 0], [0x17, wants.wantsProblemInformation ? 1 : 0],
      (0..<wants.userPropertyCount).flatMap { _ in [0x26] + nothing + nothing },
      wants.authenticationMethod.map { [0x15] + take($0) } ?? [],
      wants.authenticationData.map { [0x16] + take($0) } ?? [])
  }
}
