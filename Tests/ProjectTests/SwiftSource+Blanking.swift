extension SwiftSource {
  /// The code without what is in comments, in string literals (with what is interpolated in them) and in raw
  /// identifiers, so that a brace or a keyword that is left is one. Lines stay where they were.
  static func blankTexts(in text: String) -> [Character] {
    var blanker = Blanker(rest: Array(text)[...])
    blanker.run()
    return blanker.code
  }

  private struct Blanker {
    var rest: ArraySlice<Character>
    var code: [Character] = []

    mutating func run() {
      while let next = rest.first {
        if starts("//") {
          while let character = rest.first, !character.isNewline { skip(character) }
        } else if starts("/*") {
          skipComment()
        } else if let hashes = hashesBeforeQuote() {
          skipString(hashes: hashes)
        } else if next == "`" {
          rest.removeFirst()
          code.append("_")
          while let character = rest.popFirst(), character != "`" {}
        } else {
          code.append(next)
          rest.removeFirst()
        }
      }
    }

    func starts(_ prefix: String) -> Bool { rest.starts(with: prefix) }

    /// How many `#` stand before a quote that is next, or nil when none is.
    func hashesBeforeQuote() -> Int? {
      let hashes = rest.prefix { $0 == "#" }.count
      return rest.dropFirst(hashes).first == "\"" ? hashes : nil
    }

    /// Drops one character; a line break is kept, so that lines keep their numbers.
    mutating func skip(_ character: Character) {
      if character.isNewline { code.append("\n") }
      rest.removeFirst()
    }

    mutating func skip(count: Int) {
      for _ in 0..<count { if let character = rest.first { skip(character) } }
    }

    mutating func skipComment() {
      var depth = 0
      repeat {
        if starts("/*") {
          depth += 1
          skip(count: 2)
        } else if starts("*/") {
          depth -= 1
          skip(count: 2)
        } else if let character = rest.first {
          skip(character)
        }
      } while depth > 0 && !rest.isEmpty
    }

    mutating func skipString(hashes: Int) {
      skip(count: hashes)
      let quote = starts("\"\"\"") ? "\"\"\"" : "\""
      let marks = String(repeating: "#", count: hashes)
      skip(count: quote.count)
      while let character = rest.first, !starts(quote + marks) {
        if starts("\\" + marks + "(") {
          skip(count: 2 + hashes)
          skipInterpolation()
        } else if character == "\\" && hashes == 0 {
          skip(count: 2)
        } else {
          skip(character)
        }
      }
      skip(count: quote.count + hashes)
      code.append("_")
    }

    /// Up to the parenthesis that closes the interpolation, over strings in it.
    mutating func skipInterpolation() {
      var depth = 1
      while depth > 0, let character = rest.first {
        if let hashes = hashesBeforeQuote() {
          skipString(hashes: hashes)
          continue
        }
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        skip(character)
      }
    }
  }
}
