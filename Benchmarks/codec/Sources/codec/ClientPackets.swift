import MQTTCodec

/// Packets as clients send them, by kind.
struct ClientPackets {
  let version: ProtocolVersion

  private var isV5: Bool { version == .v5 }
  private var none: [UInt8] { isV5 ? [0] : [] }
  private let topic = "plants/7/devices/device-1/telemetry/temperature"
  private let payload = [UInt8](repeating: 120, count: 100)

  init(version: ProtocolVersion) { self.version = version }

  /// What a message carries over to its receivers.
  static let forwarded: [UInt8] =
    [0x01, 1, 0x03] + text("application/json") + [0x26] + text("plant") + text("7")

  var all: [(kind: String, bytes: [UInt8])] {
    let name = text("MQTT") + [version.rawValue]
    let will = (isV5 ? [5, 0x18, 0, 0, 0, 10] : []) + text("plants/7/gone") + text("device-1")
    let wanted: [UInt8] = [17, 0x11, 0, 0, 14, 16, 0x21, 0, 100, 0x22, 0, 10, 0x27, 0, 1, 0, 0, 0x17]
    var packets: [(kind: String, bytes: [UInt8])] = [
      ("CONNECT", packet(0x10, name + [0b10], [0, 60], none, text("device-1"))),
      (
        "CONNECT, will, user name",
        packet(
          0x10, name + [0b1100_0110], [0, 60], isV5 ? [18] + wanted.dropFirst() + [1] : [], text("device-1"), will,
          text("device-1"), text("password"))
      ),
      ("PUBLISH QoS 0", packet(0x30, text(topic), none, payload)),
      ("PUBLISH QoS 1", packet(0x32, text(topic), [0, 1], none, payload)),
    ]
    if isV5 {
      let list = [0x02, 0, 0, 0, 60] + Self.forwarded
      packets += [
        ("PUBLISH QoS 1, properties", packet(0x32, text(topic), [0, 1], [UInt8(list.count)] + list, payload)),
        ("PUBLISH QoS 0, topic alias", packet(0x30, text(""), [3, 0x23, 0, 1], payload)),
        ("PUBACK, reason code", packet(0x40, [0, 1, 0x10])),
      ]
    }
    return packets + [
      ("PUBACK", packet(0x40, [0, 1])), ("PUBREC", packet(0x50, [0, 1])), ("PUBREL", packet(0x62, [0, 1])),
      ("PUBCOMP", packet(0x70, [0, 1])),
      ("SUBSCRIBE, 1 filter", packet(0x82, [0, 1], none, text("plants/+/devices/#") + [1])),
      (
        "SUBSCRIBE, 8 filters",
        packet(0x82, [0, 1], none, (0..<8).flatMap { text("plants/\($0)/devices/+/commands") + [1] })
      ),
      ("UNSUBSCRIBE, 1 filter", packet(0xA2, [0, 1], none, text("plants/+/devices/#"))),
      ("PINGREQ", packet(0xC0)), ("DISCONNECT", packet(0xE0)),
    ]
  }
}

func text(_ string: String) -> [UInt8] {
  let bytes = Array(string.utf8)
  return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
}

private func packet(_ first: UInt8, _ parts: [UInt8]...) -> [UInt8] {
  let body = parts.reduce(into: []) { $0 += $1 }
  let length = body.count < 128 ? [UInt8(body.count)] : [UInt8(body.count & 0x7F) | 0x80, UInt8(body.count >> 7)]
  return [first] + length + body
}
