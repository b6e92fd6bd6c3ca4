import MQTTCodec

/// A packet that the broker sent, as a test's client reads it.
enum ServerPacket: Equatable {
  case connack(isPresent: Bool, code: UInt8, PropertyList)
  case publish(Delivery)
  case puback(Int, ReasonCode = .success)
  case pubrec(Int, ReasonCode = .success)
  case pubrel(Int, ReasonCode = .success)
  case pubcomp(Int, ReasonCode = .success)
  case suback(Int, [UInt8])
  case unsuback(Int, [UInt8])
  case pingresp
  case disconnect(ReasonCode)
  case auth(ReasonCode, PropertyList)
  /// Not a packet that a broker may send.
  case wrong([UInt8])

  /// All packets in `bytes`.
  static func all(_ bytes: [UInt8], _ version: ProtocolVersion) -> [ServerPacket] {
    var packets: [ServerPacket] = []
    var at = 0
    while at < bytes.count {
      let start = at
      let first = bytes[at]
      at += 1
      guard let length = readVarint(bytes[...], &at), at + length <= bytes.count else {
        return packets + [.wrong(Array(bytes[start...]))]
      }
      packets.append(ServerPacket(first, bytes[at..<(at + length)], version) ?? .wrong(Array(bytes[start...])))
      at += length
    }
    return packets
  }

  private init?(_ first: UInt8, _ body: ArraySlice<UInt8>, _ version: ProtocolVersion) {
    var at = body.startIndex
    let isV5 = version == .v5
    switch first {
    case 0x20:
      guard body.count >= 2 else { return nil }
      at += 2
      var list = PropertyList()
      if isV5, body.count > 2 {
        guard let read = PropertyList(body, &at) else { return nil }
        list = read
      }
      self = .connack(isPresent: body[body.startIndex] == 1, code: body[body.startIndex + 1], list)
    case 0x30...0x3F:
      guard let delivery = Self.delivery(first, body, isV5) else { return nil }
      self = .publish(delivery)
    case 0x40, 0x50, 0x62, 0x70:
      guard let packet = Self.acknowledgement(first, body, isV5) else { return nil }
      self = packet
    case 0x90, 0xB0:
      let id = readNumber(body, &at, 2)
      if isV5 { guard PropertyList(body, &at) != nil else { return nil } }
      self = first == 0x90 ? .suback(id, Array(body[at...])) : .unsuback(id, Array(body[at...]))
    case 0xD0 where body.isEmpty: self = .pingresp
    case 0xE0 where isV5:
      guard let reason = body.first.map({ ReasonCode(rawValue: $0) }) ?? .success else { return nil }
      self = .disconnect(reason)
    case 0xF0 where isV5:
      guard let reason = body.first.map({ ReasonCode(rawValue: $0) }) ?? .success else { return nil }
      at += 1
      guard let list = PropertyList(body, &at) else { return nil }
      self = .auth(reason, list)
    default: return nil
    }
  }

  private static func delivery(_ first: UInt8, _ body: ArraySlice<UInt8>, _ isV5: Bool) -> Delivery? {
    var at = body.startIndex
    guard let topic = readText(body, &at) else { return nil }
    var delivery = Delivery(topic, "", qos: Int(first >> 1 & 3), isRetain: first & 1 == 1)
    delivery.isDuplicate = first & 8 != 0
    if delivery.qos > 0 { delivery.packetID = readNumber(body, &at, 2) }
    if isV5 {
      guard let list = PropertyList(body, &at) else { return nil }
      delivery.properties = list
    }
    guard at <= body.endIndex else { return nil }
    delivery.payload = String(decoding: body[at...], as: UTF8.self)
    return delivery
  }

  private static func acknowledgement(_ first: UInt8, _ body: ArraySlice<UInt8>, _ isV5: Bool) -> ServerPacket? {
    var at = body.startIndex
    guard body.count >= 2, isV5 || body.count == 2 else { return nil }
    let id = readNumber(body, &at, 2)
    guard let reason = body.count > 2 ? ReasonCode(rawValue: body[at]) : .success else { return nil }
    return switch first {
    case 0x40: .puback(id, reason)
    case 0x50: .pubrec(id, reason)
    case 0x62: .pubrel(id, reason)
    default: .pubcomp(id, reason)
    }
  }
}
