import MQTTCodec

/// Valid packets of every type and version, with all that each may hold.
enum Samples {
  static let willProperties = properties(
    [0x18] + four(5), [1, 1], [2] + four(60), [3] + text("text/plain"), [8] + text("answers/1"), [9] + field([0, 255]),
    userProperty("a", "b"))
  static let connectProperties = properties(
    [0x11] + four(3600), [0x21] + two(10), [0x27] + four(65_536), [0x22] + two(7), [0x19, 1], [0x17, 0],
    userProperty("k", "v"), userProperty("k", "w"), [0x15] + text("SCRAM"), [0x16] + field([1, 2, 3]))
  static let publishProperties = properties(
    [1, 1], [0x23] + two(3), userProperty("x", "é"), [2] + four(30), [3] + text("json"), [8] + text("answers/2"),
    [9] + field([7]), userProperty("y", ""))
  static let namesAndWill = text("w/t") + field([9, 9, 9]) + text("user") + field([1, 0, 2])

  static let connects: [(version: ProtocolVersion, bytes: [UInt8])] = [
    (.v3_1, ClientConnect(version: .v3_1, flags: 0xF6, rest: namesAndWill).bytes),
    (.v3_1_1, ClientConnect(version: .v3_1_1).bytes),
    (.v3_1_1, ClientConnect(version: .v3_1_1, flags: 0xEE, rest: namesAndWill).bytes),
    (.v5, ClientConnect().bytes),
    (.v5, ClientConnect(flags: 0xF6, properties: connectProperties, rest: willProperties + namesAndWill).bytes),
  ]

  static let others: [(version: ProtocolVersion, bytes: [UInt8])] = [
    (.v3_1, packet(0x8A, two(1), text("a/#"), [0b1111_1101])),
    (.v3_1_1, packet(0x30, text("t"), [1, 2, 3])),
    (.v3_1_1, packet(0x3D, text("t/u"), two(9), [])),
    (.v3_1_1, packet(0x40, two(1))),
    (.v3_1_1, packet(0x50, two(2))),
    (.v3_1_1, packet(0x62, two(3))),
    (.v3_1_1, packet(0x70, two(65_535))),
    (.v3_1_1, packet(0x82, two(4), text("a/+"), [1], text("#"), [2])),
    (.v3_1_1, packet(0xA2, two(5), text("a/+"), text("#"))),
    (.v3_1_1, packet(0xC0)),
    (.v3_1_1, packet(0xE0)),
    (.v5, packet(0x30, text("t"), [0], [1, 2, 3])),
    (.v5, packet(0x35, text("t"), two(6), publishProperties, [1])),
    (.v5, packet(0x32, text(""), two(6), properties([0x23] + two(3)), [1])),
    (.v5, packet(0x40, two(1), [0])),
    (.v5, packet(0x40, two(1), [0x97], properties([0x1F] + text("full"), userProperty("a", "b")))),
    (.v5, packet(0x50, two(2), [0x80, 0])),
    (.v5, packet(0x62, two(3), [0x92])),
    (.v5, packet(0x70, two(4))),
    (.v5, packet(0x82, two(4), properties([0x0B] + varint(268_435_455), userProperty("a", "b")), text("a/+"), [0x2E])),
    (.v5, packet(0xA2, two(5), properties(userProperty("a", "b")), text("a/+"), text("#"))),
    (.v5, packet(0xE0)),
    (.v5, packet(0xE0, [0x04])),
    (.v5, packet(0xE0, [0], properties([0x11] + four(9), [0x1F] + text("bye"), userProperty("a", "b")))),
    (.v5, packet(0xF0, [0x18], properties([0x15] + text("SCRAM"), [0x16] + field([1]), [0x1F] + text("x")))),
  ]

  static let all = connects + others
}
