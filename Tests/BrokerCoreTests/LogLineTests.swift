import BrokerCore
import Testing

@Suite struct LogLineTests {
  private func line(
    _ format: LogLine.Format, _ event: String = "connect refused", _ fields: [(name: String, value: String)] = [],
    milliseconds: Int64 = 1_795_493_262_123
  ) -> String {
    String(
      decoding: LogLine.encode(format, milliseconds: milliseconds, level: .warning, event: event, fields: fields),
      as: UTF8.self)
  }

  @Test func `a text line has time, level, event and fields, quoted where they need it`() {
    let fields = [
      ("client", "sensor-1"), ("reason", "bad password"), ("empty", ""), ("formula", "a=b"), ("quote", "\""),
    ]
    #expect(
      line(.text, "connect refused", fields)
        == "2026-11-24T04:07:42.123Z warning connect refused client=sensor-1 reason=\"bad password\" empty=\"\" "
        + "formula=\"a=b\" quote=\"\\\"\"\n")
  }

  @Test func `a JSON line has the same`() {
    #expect(
      line(.json, "connect refused", [("client", "ä \"1\"\\")])
        == "{\"time\":\"2026-11-24T04:07:42.123Z\",\"level\":\"warning\",\"event\":\"connect refused\","
        + "\"client\":\"ä \\\"1\\\"\\\\\"}\n")
  }

  @Test(arguments: LogLine.Format.allCases)
  func `no value can make a second line, a control character or a forged field`(format: LogLine.Format) {
    let hostile =
      (0..<0x100).compactMap(Unicode.Scalar.init).map(String.init).joined() + "\u{2028}\u{202E}\u{FEFF}\u{1b}[2J"
    for (event, value) in [("e", hostile), (hostile, "v")] {
      let text = line(format, event, [("v", value)])
      #expect(text.hasSuffix("\n"))
      let forbidden = text.unicodeScalars.dropLast().filter { scalar in
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || [0x2028, 0x202E, 0xFEFF].contains(scalar.value)
      }
      #expect(forbidden.isEmpty)
    }
    #expect(line(.text, "e", [("v", "x level=error")]).hasSuffix("v=\"x level=error\"\n"))
    #expect(line(.text, "e", [("v", "x\u{a0}level")]).hasSuffix("v=\"x\u{a0}level\"\n"))
  }

  @Test(arguments: LogLine.Format.allCases)
  func `a line is bounded, and says that fields are missing`(format: LogLine.Format) {
    let long = String(repeating: "ä\u{1}", count: 5000)
    for count in [1, 2, 3, 20] {
      let bytes = LogLine.encode(
        format, milliseconds: 0, level: .error, event: long, fields: (0..<count).map { ("f\($0)", long) })
      #expect(bytes.count <= LogLine.bytesMax)
      #expect(bytes.last == UInt8(ascii: "\n"))
      let text = String(validating: bytes, as: UTF8.self)
      #expect(text != nil)
      if count == 20 { #expect(text?.contains("truncated") == true) }
    }
  }

  @Test func `a long value is cut at a character and marked`() {
    let text = line(.text, "e", [("v", String(repeating: "ä", count: 300))])
    #expect(text.hasSuffix("v=\(String(repeating: "ä", count: 256))…\n"))
  }

  @Test func `field names are made safe and cannot hide what each line has`() {
    #expect(
      line(.json, "e", [("level", "x"), ("a b\"", "y"), ("", "z")]).hasSuffix(
        "\"level_\":\"x\",\"a_b_\":\"y\",\"_\":\"z\"}\n"))
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_709_164_799_999, "2024-02-28T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
    (Int64.max, "9999-12-31T23:59:59.999Z"), (Int64.min, "0000-01-01T00:00:00.000Z"),
  ])
  func `times are written as in the calendar`(milliseconds: Int64, text: String) {
    #expect(line(.text, milliseconds: milliseconds).hasPrefix(text + " "))
  }
}
