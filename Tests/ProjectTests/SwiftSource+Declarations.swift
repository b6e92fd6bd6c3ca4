extension SwiftSource {
  struct Function: Equatable {
    let name: String
    let line: Int
    /// From the line of the keyword to that of the closing brace, both counted.
    let lineCount: Int
  }

  /// Functions, initializers, deinitializers and subscripts that have a body, nested ones too.
  var functions: [Function] {
    var found: [Function] = []
    var depth = 0
    var parentheses = 0
    var announced: Token?
    var open: [(start: Token, depth: Int)] = []
    for (index, token) in tokens.enumerated() {
      switch token.text {
      case "func", "init", "deinit", "subscript":
        // `x.init(...)` and `.subscript` are uses, and a parameter may be labelled so.
        if parentheses == 0, index == 0 || tokens[index - 1].text != "." { announced = token }
      case "(", "[": parentheses += 1
      case ")", "]": parentheses -= 1
      case "{":
        depth += 1
        if parentheses == 0, let start = announced {
          open.append((start, depth))
          announced = nil
        }
      case "}":
        if let last = open.last, last.depth == depth {
          open.removeLast()
          found.append(
            Function(name: last.start.text, line: last.start.line, lineCount: token.line - last.start.line + 1))
        }
        depth -= 1
        announced = nil
      default: break
      }
    }
    return found
  }

  /// The names of the types that are declared at the top of the file and that another file can see.
  var topLevelTypes: [String] {
    let keywords: Set = ["struct", "class", "enum", "actor", "protocol"]
    var names: [String] = []
    var depth = 0
    var isHidden = false
    for (index, token) in tokens.enumerated() {
      if token.text == "{" { depth += 1 }
      if token.text == "}" {
        depth -= 1
        isHidden = false
      }
      guard depth == 0 else { continue }
      if token.text == "private" || token.text == "fileprivate" { isHidden = true }
      guard keywords.contains(token.text), index + 1 < tokens.count else { continue }
      let isUse = index > 0 && [".", ":", "import"].contains(tokens[index - 1].text)
      if !isUse, !isHidden { names.append(tokens[index + 1].text) }
    }
    return names
  }

  /// The lines on which these tokens stand one after the other.
  func lines(with sequence: [String]) -> [Int] {
    guard tokens.count >= sequence.count else { return [] }
    return (0...(tokens.count - sequence.count)).compactMap { start in
      zip(tokens[start...], sequence).allSatisfy { $0.text == $1 } ? tokens[start].line : nil
    }
  }
}
