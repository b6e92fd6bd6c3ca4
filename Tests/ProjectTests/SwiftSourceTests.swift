import Testing

/// The checks are only as good as what they see of a file.
struct SwiftSourceTests {
  @Test
  func `braces in strings, comments and raw identifiers are no braces`() {
    let source = SwiftSource(
      path: "x",
      text: #"""
        func a() { // {
          let s = "{ \(b("}") + "{") {" /* { /* { */ */
          let r = #"{ "quoted" \("# + ##"{"##
        }
        func `a { b`() {
        }
        """#)
    #expect(source.functions.map(\.lineCount) == [4, 2])
    #expect(source.functions.map(\.line) == [1, 5])
  }

  @Test
  func `text over several lines keeps the lines that follow in place`() {
    let source = SwiftSource(path: "x", text: "let a = \"\"\"\n  {\n  \"\"\"\nfunc b() {\n}\n")
    #expect(source.functions == [.init(name: "func", line: 4, lineCount: 2)])
  }

  @Test
  func `a requirement without a body is no function`() {
    let source = SwiftSource(
      path: "x", text: "protocol P {\n  func a()\n  init()\n}\nstruct S {\n  init() {\n    self.init(1) }\n}\n")
    #expect(source.functions == [.init(name: "init", line: 6, lineCount: 2)])
  }

  @Test
  func `only top-level types that others can see are counted`() {
    let text = """
      public import A
      import struct B.C
      public final class One { struct Inner {} }
      private struct Two {}
      extension One: P { enum Three {} }
      enum Four: class {}
      """
    let source = SwiftSource(path: "x", text: text)
    #expect(source.topLevelTypes == ["One", "Four"])
    #expect(source.imports == ["A", "B"])
  }

  @Test
  func `a forbidden call is found in code and not in what is said of it`() {
    let source = SwiftSource(path: "x", text: "// try! this\nlet a = try! b()\nlet c = \"fatalError(\"\n")
    #expect(source.lines(with: ["try", "!"]) == [2])
    #expect(source.lines(with: ["fatalError", "("]) == [])
  }
}
