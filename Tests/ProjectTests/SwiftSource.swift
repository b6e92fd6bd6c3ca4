import Testing

/// A Swift file of the project, with its text cut up just far enough to check the house rules on it.
struct SwiftSource: Sendable, CustomTestStringConvertible {
  /// The path below the project's folder.
  let path: String
  let lines: [String]
  let tokens: [Token]

  struct Token: Sendable, Equatable {
    let text: String
    /// The first line of a file is 1.
    let line: Int
  }

  var testDescription: String { path }

  var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    tokens = SwiftSource.tokenize(SwiftSource.blankTexts(in: text))
  }

  /// The modules that this file imports.
  var imports: [String] {
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
    return tokens.indices.compactMap { index in
      guard tokens[index].text == "import", index + 1 < tokens.count else { return nil }
      let next = tokens[index + 1].text
      return kinds.contains(next) && index + 2 < tokens.count ? tokens[index + 2].text : next
    }
  }

  /// Names and braces with their lines; everything else stands for itself, a character a token.
  private static func tokenize(_ code: [Character]) -> [Token] {
    var tokens: [Token] = []
    var line = 1
    var word = ""
    for character in code + ["\n"] {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      if !word.isEmpty {
        tokens.append(Token(text: word, line: line))
        word = ""
      }
      if character.isNewline {
        line += 1
      } else if !character.isWhitespace {
        tokens.append(Token(text: String(character), line: line))
      }
    }
    return tokens
  }
}
