/// The words after a command's name: `--option value` pairs, and the rest in order.
struct Arguments {
  private(set) var positional: [String] = []
  private var values: [String: String] = [:]

  /// Sorts the words; `options` are the names, without dashes, that take a value. Throws for any other.
  init(_ words: [String], options: [String]) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        positional.append(word)
        continue
      }
      let name = String(word.dropFirst(2))
      guard options.contains(name) else { throw UsageError(message: "there is no option \(word)") }
      guard let value = rest.popFirst() else { throw UsageError(message: "\(word) wants a value") }
      values[name] = value
    }
  }

  /// The value of an option, or nil when it wasn't given.
  subscript(option: String) -> String? { values[option] }
}

/// What is wrong with the words of a command line.
struct UsageError: Error {
  let message: String
}
