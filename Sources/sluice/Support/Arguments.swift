/// The words after a command's name: options with values (`--option value` or `--option=value`), flags, and the rest in
/// order. After `--` every word is one of the rest.
struct Arguments {
  private(set) var positional: [String] = []
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// Sorts the words. `options` are the names, without dashes, that take a value, `repeatable` those of them that may
  /// be given more than once, `flags` those that take none. Throws for any other.
  init(
    _ words: [String], options: [String], repeatable: [String] = [], flags possibleFlags: [String] = []
  ) throws(UsageError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        positional.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? ""
      if word.hasPrefix("--"), possibleFlags.contains(name) {
        guard parts.count == 1 else { throw UsageError(message: "--\(name) takes no value") }
        flags.insert(name)
        continue
      }
      guard word.hasPrefix("--"), options.contains(name) else {
        throw UsageError(message: "there is no option \(word)")
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty else {
        throw UsageError(message: "--\(name) wants a value")
      }
      guard repeatable.contains(name) || values[name] == nil else {
        throw UsageError(message: "--\(name) is given twice")
      }
      values[name, default: []].append(value)
    }
  }

  /// The value of an option, or nil when it wasn't given.
  subscript(option: String) -> String? { values[option]?.first }

  /// All values of an option that may be repeated, in order.
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// Whether a flag was given.
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// The value of an option that must be there.
  func required(_ option: String) throws(UsageError) -> String {
    guard let value = self[option] else { throw UsageError(message: "--\(option) is missing") }
    return value
  }

  /// Nothing but options may be there.
  func onlyOptions() throws(UsageError) {
    if let word = positional.first { throw UsageError(message: "there is a word too many: \(word)") }
  }
}

/// What is wrong with the words of a command line.
struct UsageError: Error {
  let message: String
}
