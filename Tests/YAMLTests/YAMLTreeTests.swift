import Testing
import YAML

@Suite struct YAMLTreeTests {
  static let trees: [(text: String, outline: String)] = [
    ("a: 1", "1:1 {1:1 a = 1:4 1}"),
    ("a: 'x'\nb: \"y\\tz\"\n", "1:1 {1:1 a = 1:4 'x', 2:1 b = 2:4 'y\tz'}"),
    ("z: 1\na:\n  - x\n  - {k: v}\n", "1:1 {1:1 z = 1:4 1, 2:1 a = 3:3 [3:5 x, 4:5 {4:6 k = 4:9 v}]}"),
    ("# only\n\nkey: [a, \"b\"] # tail\n", "3:1 {3:1 key = 3:6 [3:7 a, 3:10 'b']}"),
    ("a: |\n  two\n  lines\n", "1:1 {1:1 a = 1:4 'two\nlines\n'}"),
    ("---\na: b\n...\n", "2:1 {2:1 a = 2:4 b}"),
    ("a: yes\nb: 0123\nc: 1e3\n", "1:1 {1:1 a = 1:4 yes, 2:1 b = 2:4 0123, 3:1 c = 3:4 1e3}"),
    ("ä: ü\nb: 😀", "1:1 {1:1 ä = 1:4 ü, 2:1 b = 2:4 😀}"),
    ("just text", "1:1 just text"),
    ("'<<': text\n'*a': '&b'\n", "1:1 {1:1 << = 1:7 text, 2:1 *a = 2:7 '&b'}"),
  ]

  @Test(arguments: trees) func `a file becomes a tree with the place of every node`(text: String, outline: String)
    throws
  {
    let document = YAMLDocument(text)
    #expect(document.errors.isEmpty)
    #expect(document.root?.outline == outline)
  }

  @Test(arguments: ["a: 1\r\nb:\r\n  - c\r\n", "a: 1\rb:\r  - c\r", "\u{FEFF}a: 1\nb:\n  - c\n"])
  func `line ends of every system and a byte order mark leave places as they are`(text: String) {
    let document = YAMLDocument(text)
    #expect(document.errors.isEmpty)
    #expect(document.root?.outline == "1:1 {1:1 a = 1:4 1, 2:1 b = 3:3 [3:5 c]}")
  }

  @Test(arguments: ["", "\n\n", "# a comment\n", "\u{FEFF}", "   ", "\r\n"])
  func `a file without a value has no root and no error`(text: String) {
    let document = YAMLDocument(text)
    #expect(document.root == nil)
    #expect(document.errors.isEmpty)
  }

  @Test(arguments: [
    ("a:", true), ("a: ~", true), ("a: null", true), ("a: ''", false), ("a: 'null'", false), ("a: no", false),
  ])
  func `only an unquoted null is null`(text: String, isNull: Bool) throws {
    guard case .mapping(let mapping) = YAMLDocument(text).root?.content, let entry = mapping["a"],
      case .scalar(let scalar) = entry.value.content
    else { return #expect(Bool(false), "no scalar") }
    #expect(scalar.isNull == isNull)
    #expect(mapping["b"] == nil)
  }

  @Test func `a place prints as file, line and column`() {
    #expect(YAMLPlace(file: "config/access.yaml", line: 12, column: 3).description == "config/access.yaml:12:3")
  }
}
