/// One MQTT packet as bytes: built for the broker, or taken from what it sent.
struct Packet: Equatable {
  var header: UInt8
  var body: [UInt8]

  init(_ header: UInt8, _ body: [UInt8]) {
    self.header = header
    self.body = body
  }

  var type: UInt8 { header >> 4 }
  var qos: UInt8 { header >> 1 & 3 }

  /// As it travels.
  var bytes: [UInt8] {
    var left = body.count
    var length: [UInt8] = []
    repeat {
      length.append(UInt8(left % 128) | (left >= 128 ? 128 : 0))
      left /= 128
    } while left > 0
    return [header] + length + body
  }

  /// The topic of a PUBLISH.
  var topic: String { String(decoding: body[2..<(2 + topicCount)], as: UTF8.self) }
  private var topicCount: Int { Int(body[0]) << 8 | Int(body[1]) }

  /// The packet identifier, of a PUBLISH at QoS 1 or 2 or of an acknowledgement.
  var packetID: UInt16 {
    let at = type == 3 ? 2 + topicCount : 0
    return UInt16(body[at]) << 8 | UInt16(body[at + 1])
  }

  /// The payload of a 3.1.1 PUBLISH.
  var payload: ArraySlice<UInt8> { body[(2 + topicCount + (qos > 0 ? 2 : 0))...] }
  var text: String { String(decoding: payload, as: UTF8.self) }
}

extension Packet {
  static func connect(
    _ clientID: String, clean: Bool = true, keepAlive: UInt16 = 60, isV5: Bool = false, user: String? = nil,
    password: String? = nil
  ) -> Packet {
    var flags: UInt8 = clean ? 2 : 0
    if user != nil { flags |= 128 }
    if password != nil { flags |= 64 }
    var body = text("MQTT") + [isV5 ? 5 : 4, flags] + short(keepAlive)
    if isV5 { body.append(0) }
    body += text(clientID)
    if let user { body += text(user) }
    if let password { body += text(password) }
    return Packet(0x10, body)
  }

  static func subscribe(_ filter: String, qos: UInt8, packetID: UInt16 = 1) -> Packet {
    Packet(0x82, short(packetID) + text(filter) + [qos])
  }

  static func publish(
    _ topic: String, _ payload: some Sequence<UInt8>, qos: UInt8 = 0, packetID: UInt16 = 0
  ) -> Packet {
    Packet(0x30 | qos << 1, text(topic) + (qos > 0 ? short(packetID) : []) + payload)
  }

  static func publish(_ topic: String, _ payload: String, qos: UInt8 = 0, packetID: UInt16 = 0) -> Packet {
    publish(topic, Array(payload.utf8), qos: qos, packetID: packetID)
  }

  static func puback(_ packetID: UInt16) -> Packet { Packet(0x40, short(packetID)) }
  static func pubrec(_ packetID: UInt16) -> Packet { Packet(0x50, short(packetID)) }
  static func pubrel(_ packetID: UInt16) -> Packet { Packet(0x62, short(packetID)) }
  static func pubcomp(_ packetID: UInt16) -> Packet { Packet(0x70, short(packetID)) }
  static let pingreq = Packet(0xC0, [])
  static let pingresp = Packet(0xD0, [])
  static let disconnect = Packet(0xE0, [])

  private static func short(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
  static func text(_ text: String) -> [UInt8] { short(UInt16(text.utf8.count)) + Array(text.utf8) }
}
