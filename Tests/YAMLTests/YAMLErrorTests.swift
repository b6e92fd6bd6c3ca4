import Testing
import YAML

@Suite struct YAMLErrorTests {
  static let syntax: [(text: String, error: String)] = [
    (
      "a: b: c",
      "f.yaml:1:5: a ': ' can't stand here: check the indentation, or quote the value if it is part of it"
    ),
    (
      "a: 1\n b: 2\n",
      "f.yaml:2:3: a ': ' can't stand here: check the indentation, or quote the value if it is part of it"
    ),
    (
      "a:\n  - x\n y\n",
      "f.yaml:3:2: a key of the mapping that begins in line 1 was expected here: check indentation and quotes"
    ),
    (
      "a: 1\n- b\n",
      "f.yaml:2:1: a key of the mapping that begins in line 1 was expected here: check indentation and quotes"
    ),
    (
      "- a\nb: 1\n",
      "f.yaml:2:1: a '-' of the list that begins in line 1 was expected here: check the indentation"
    ),
    (
      "a: [1, 2\nb: 3\n",
      "f.yaml:2:2: a ',' or the ']' of the list that begins in line 1 was expected here"
    ),
    (
      "a: {b: 1\n",
      "f.yaml:2:1: a ',' or the '}' of the mapping that begins in line 1 was expected here"
    ),
    (
      "a: [1, 2",
      "f.yaml:2:1: a ',' or the ']' of the list that begins in line 1 was expected here"
    ),
    (
      "a: \"x\nb: 1\n",
      "f.yaml:3:1: the file ends inside the quotes that were opened in line 1: close them"
    ),
    (
      "a: 'x\nb: 1\n",
      "f.yaml:3:1: the file ends inside the quotes that were opened in line 1: close them"
    ),
    (
      "a: 'x\n---\nb: 1\n",
      "f.yaml:2:1: '---' or '...' stands inside the quotes that were opened in line 1: close them"
    ),
    (
      "a: \"\\q\"",
      "f.yaml:1:5: unknown escape in double quotes: write \\\\ for a backslash, or use single quotes"
    ),
    (
      "a: \"\\ud800\"",
      "f.yaml:1:7: this escape is no Unicode character"
    ),
    (
      "a: \"\\xZZ\"",
      "f.yaml:1:7: hexadecimal digits were expected in this escape"
    ),
    (
      "a:\n\tb: 1\n",
      "f.yaml:2:1: a tab can't indent or stand before a value: use spaces"
    ),
    (
      "\ta: 1\n",
      "f.yaml:1:1: a tab can't indent or stand before a value: use spaces"
    ),
    (
      "a: @home\n",
      "f.yaml:1:4: a value can't begin with '@' unless it is in quotes"
    ),
    (
      "a: `x`\n",
      "f.yaml:1:4: a value can't begin with '`' unless it is in quotes"
    ),
    (
      "a: 1\nword\nb: 2\n",
      "f.yaml:3:1: the key in line 2 has no ':' after it: check indentation and quotes"
    ),
    (
      "a: - b\n",
      "f.yaml:1:4: a list entry ('- ') can't begin here: put it on a line of its own, and indent it"
    ),
    (
      "a: ? b\n",
      "f.yaml:1:4: a key can't begin here: check the indentation"
    ),
    (
      "a: [::1]:8883\n",
      "f.yaml:1:5: a value was expected here, not ':'; a text that begins with '[' or '{', such as [::1]:8883, needs"
        + " quotes"
    ),
    (
      "a: ]\n",
      "f.yaml:1:4: a value was expected here"
    ),
    (
      "a: \"x\" y\n",
      "f.yaml:1:8: a key of the mapping that begins in line 1 was expected here: check indentation and quotes"
    ),
    (
      "a: !x!y z\n",
      "f.yaml:1:4: tags (!name) are not supported: quote the value if it begins with '!'"
    ),
    (
      "a: >9x\n  t",
      "f.yaml:1:6: did not find expected comment or line break (while scanning a block scalar that begins in line 1)"
    ),
    (
      "x\n: y\nz",
      "f.yaml:2:1: only one value can stand at the top of a file: check the indentation"
    ),
  ]

  @Test(arguments: syntax) func `a syntax error is explained with its place`(text: String, error: String) {
    let document = YAMLDocument(text)
    #expect(document.root == nil)
    #expect(document.printed == [error])
  }

  static let refused: [(text: String, errors: [String])] = [
    (
      "a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\na: 4\n",
      [
        "f.yaml:3:1: duplicate key \"a\": it was first given at f.yaml:1:1",
        "f.yaml:4:11: duplicate key \"d\": it was first given at f.yaml:4:5",
        "f.yaml:5:1: duplicate key \"a\": it was first given at f.yaml:1:1",
      ]
    ),
    (
      "a: &x 1\nb: *x\n",
      [
        "f.yaml:1:4: anchors (&name) are not supported: remove it, or quote a value that begins with '&'",
        "f.yaml:2:4: aliases (*x) are not supported: write the value out, or quote it if it begins with '*'",
      ]
    ),
    (
      "a: !!str 1\nb: !t [1]\nc: ok",
      [
        "f.yaml:1:4: tags (!name) are not supported: remove it, or quote a value that begins with '!'",
        "f.yaml:2:4: tags (!name) are not supported: remove it, or quote a value that begins with '!'",
      ]
    ),
    (
      "<<: {a: 1}\nb: 2",
      [
        "f.yaml:1:1: merge keys (<<) are not supported: write the keys out"
      ]
    ),
    (
      "[a]: 1\n{b: c}: 2\nd: 3\n",
      [
        "f.yaml:1:1: a key must be a text: quote it if it begins with '{' or '['",
        "f.yaml:2:1: a key must be a text: quote it if it begins with '{' or '['",
      ]
    ),
    (
      "? [x, y]\n: z\n",
      [
        "f.yaml:1:3: a key must be a text: quote it if it begins with '{' or '['"
      ]
    ),
    (
      ": x\n",
      [
        "f.yaml:1:1: a key of the mapping that begins in line 1 was expected here: check indentation and quotes"
      ]
    ),
    (
      "a: 1\n---\nb: 2\n",
      [
        "f.yaml:2:1: a second document begins here: a file holds one"
      ]
    ),
    (
      "a: 1\n...\nb: 2\n",
      [
        "f.yaml:3:1: only one value can stand at the top of a file: check the indentation"
      ]
    ),
    (
      "%YAML 1.2\n---\na: 1\n",
      [
        "f.yaml:1:1: a line can't begin with '%': directives (%YAML, %TAG) are not supported"
      ]
    ),
    (
      "a: 1\n%TAG ! x\n",
      [
        "f.yaml:2:1: a line can't begin with '%': directives (%YAML, %TAG) are not supported"
      ]
    ),
    (
      "a: \"x\\0y\"\nb: 1\n",
      [
        "f.yaml:1:4: a NUL character can't stand in a value"
      ]
    ),
    (
      "\"k\\0\": 1\n",
      [
        "f.yaml:1:1: a NUL character can't stand in a value"
      ]
    ),
  ]

  @Test(arguments: refused) func `what is refused names its place and the way out`(text: String, errors: [String]) {
    #expect(YAMLDocument(text).printed == errors)
  }

  @Test func `what stands beside a refused value is still read`() {
    let document = YAMLDocument("a: &x 1\n<<: {c: 2}\nb: *x\nd: !t [1]\ne: 5\ne: 6\n")
    #expect(
      document.root?.outline == "1:1 {1:1 a = 1:4 refused, 3:1 b = 3:4 refused, 4:1 d = 4:4 refused, 5:1 e = 5:4 5}")
    #expect(document.errors.count == 5)
  }

  @Test func `what a message quotes is escaped and cut`() {
    let key = String(repeating: "k", count: 59) + "\\n" + "tail"
    let document = YAMLDocument("\"\(key)\": 1\n\"\(key)\": 2\n")
    let shown = String(repeating: "k", count: 59) + "\\n…"
    #expect(document.printed == ["f.yaml:2:1: duplicate key \"\(shown)\": it was first given at f.yaml:1:1"])
  }
}
