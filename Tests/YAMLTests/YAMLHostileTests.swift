import Testing
import YAML

/// Input made to crash, to exhaust or to stall a reader.
@Suite(.timeLimit(.minutes(1))) struct YAMLHostileTests {
  static let bytes: [(bytes: [UInt8], error: String)] = [
    ([0x61, 0x3A, 0x20, 0x00], "f.yaml:1:4: a NUL character can't stand in a file"),
    (Array("a: 1\nb: ".utf8) + [0xFF], "f.yaml:2:4: this is not UTF-8: save the file as UTF-8"),
    (Array("a: ä".utf8) + [0xC3], "f.yaml:1:5: this is not UTF-8: save the file as UTF-8"),
    ([0xC0, 0x80], "f.yaml:1:1: this is not UTF-8: save the file as UTF-8"),
    ([0xED, 0xA0, 0x80], "f.yaml:1:1: this is not UTF-8: save the file as UTF-8"),
    ([0xF4, 0x90, 0x80, 0x80], "f.yaml:1:1: this is not UTF-8: save the file as UTF-8"),
    ([0xFF, 0xFE, 0x61, 0x00], "f.yaml:1:1: the file is UTF-16: save it as UTF-8"),
    ([0xFE, 0xFF, 0x00, 0x61], "f.yaml:1:1: the file is UTF-16: save it as UTF-8"),
    (Array("a: \u{1B}[31m".utf8), "f.yaml:1:4: a control character (\\u{1B}) can't stand in a file: remove it"),
    (Array("a: \u{9F}".utf8), "f.yaml:1:4: a control character (\\u{009F}) can't stand in a file: remove it"),
    (Array("a: \u{FFFE}".utf8), "f.yaml:1:4: a control character (\\u{FFFE}) can't stand in a file: remove it"),
    (
      Array("a: 1\n\u{FEFF}b: 2".utf8),
      "f.yaml:2:1: a byte order mark can stand at the beginning only: remove it here"
    ),
    (Array("\r\n\r\n\u{7F}".utf8), "f.yaml:3:1: a control character (\\u{7F}) can't stand in a file: remove it"),
  ]

  @Test(arguments: bytes) func `bytes that are not text are refused with their place`(bytes: [UInt8], error: String) {
    let document = YAMLDocument(parsing: bytes, file: "f.yaml")
    #expect(document.root == nil)
    #expect(document.printed == [error])
  }

  static let nested: [(open: String, place: String)] = [
    ("[", "1:33"), ("{a: ", "1:129"), ("[\n", "33:1"), ("- ", "1:65"), ("? ", "1:65"), ("[{", "1:33"), ("{[", "1:33"),
    ("{\n? ", "33:3"),
  ]

  @Test(arguments: nested) func `nesting of any kind ends at the limit`(open: String, place: String) {
    let document = YAMLDocument(String(repeating: open, count: 500_000))
    #expect(document.root == nil)
    #expect(document.printed == ["f.yaml:\(place): lists and mappings are nested deeper than 32 levels"])
  }

  @Test func `nesting up to the limit is read`() {
    let text = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
    #expect(YAMLDocument(text).errors.isEmpty)
    #expect(YAMLDocument("[\(text)]").printed == ["f.yaml:1:33: lists and mappings are nested deeper than 32 levels"])
  }

  @Test func `a bomb of aliases is refused at each anchor and alias, and expands to nothing`() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1..<9 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let document = YAMLDocument(text)
    #expect(document.errors.count == 9 + 16)
    #expect(document.errors[1].description.hasPrefix("f.yaml:2:5: anchors (&name) are not supported"))
    #expect(document.errors[2].description.hasPrefix("f.yaml:2:10: aliases (*a0) are not supported"))
  }

  @Test func `errors of one file are bounded`() {
    let document = YAMLDocument(String(repeating: "- *a\n", count: 200_000))
    #expect(document.errors.count == 100)
    #expect(document.root == nil)
    #expect(
      document.printed.last
        == "f.yaml:100:3: aliases (*a) are not supported: write the value out, or quote it if it begins with '*'"
        + " (too many errors: the rest of the file was not read)")
  }

  @Test func `a file, a value and the number of values are bounded`() {
    var limits = YAMLLimits()
    limits.bytesMax = 100
    #expect(YAMLDocument(String(repeating: "#", count: 100), limits: limits).errors.isEmpty)
    #expect(
      YAMLDocument(String(repeating: "#", count: 101), limits: limits).printed
        == ["f.yaml:1:1: the file is larger than 100 bytes"])
    limits.scalarBytesMax = 4
    #expect(YAMLDocument("a: four", limits: limits).errors.isEmpty)
    #expect(YAMLDocument("a: fives", limits: limits).printed == ["f.yaml:1:4: this value is longer than 4 bytes"])
    limits.nodesMax = 3
    #expect(YAMLDocument("[a, b]", limits: limits).errors.isEmpty)
    #expect(
      YAMLDocument("[a, b, c]", limits: limits).printed == ["f.yaml:1:8: the file holds more than 3 keys and values"])
  }

  static let huge: KeyValuePairs<String, String> = [
    "one plain value": "a: " + String(repeating: "x", count: 4_000_000),
    "one quoted value": "a: \"" + String(repeating: "x", count: 4_000_000) + "\"",
    "an open quote": "a: '" + String(repeating: "x\n", count: 2_000_000),
    "one key": String(repeating: "k", count: 4_000_000) + ": 1",
    "blocks of blank lines": "a: |\n" + String(repeating: " \n", count: 2_000_000) + " x",
    "an anchor name": "a: &" + String(repeating: "x", count: 4_000_000),
    "a tag": "a: !" + String(repeating: "x", count: 4_000_000),
    "escapes": "a: \"" + String(repeating: "\\n", count: 2_000_000) + "\"",
    "flow lists side by side": "[" + String(repeating: "[],", count: 1_300_000) + "]",
    "question marks": "{" + String(repeating: "? ", count: 2_000_000),
    "commas": "[" + String(repeating: ",", count: 4_000_000),
    "colons": String(repeating: ":", count: 4_000_000) + " ",
    "dashes": String(repeating: "-", count: 4_000_000) + " :",
    "directives": String(repeating: "%TAG !a! x\n", count: 350_000),
    "documents": String(repeating: "---\n", count: 1_000_000),
  ]

  @Test(arguments: huge.map(\.key)) func `four megabytes of anything end with an error, soon`(name: String) {
    for (_, text) in Self.huge.filter({ $0.key == name }) { #expect(!YAMLDocument(text).errors.isEmpty) }
  }

  @Test func `a large honest file is read`() {
    let text = String(repeating: "- {group: sensors, allow: {publish: [\"plants/+/x/#\"]}}\n", count: 40_000)
    let document = YAMLDocument(text)
    #expect(document.errors.isEmpty)
    guard case .sequence(let items) = document.root?.content else { return #expect(Bool(false), "no list") }
    #expect(items.count == 40_000)
    #expect(items.last?.place == YAMLPlace(file: "f.yaml", line: 40_000, column: 3))
  }

  @Test func `random damage to a file never traps`() {
    var state: UInt64 = 0x5EED
    let alphabet = Array("[]{},:-?&*!|>'\"%@`# \t\n\rab\\<0\u{FEFF}ä".utf8) + [0x00, 0xFF, 0xC3]
    let seed = Array("a: [1, {b: 'c'}]\nd:\n  - \"e\"\n  - |\n    f\n".utf8)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let position = Int(state >> 33) % bytes.count
        bytes[position] = alphabet[Int(state >> 20 & 0xFFF) % alphabet.count]
      }
      if !YAMLDocument(parsing: bytes, file: "f.yaml").errors.isEmpty { refused += 1 }
    }
    #expect(refused > 1_000 && refused < 20_000, "seed 0x5EED")
  }
}
