/// A kind of number that may carry a unit, so that a reader of the file need not count zeros.
enum Quantity {
  /// A plain number of things.
  case count
  /// Bytes: a plain number, or one with B, KiB, MiB or GiB.
  case bytes
  /// Seconds: a plain number, or one with s, min, h or d.
  case seconds

  /// Parses a number of digits with an optional unit; nil if it is none, or too large to count.
  func parse(_ text: String) -> Int? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, let number = Int(digits) else { return nil }
    let rest = text[digits.endIndex...]
    guard !rest.isEmpty else { return number }
    let unit = String(rest.drop { $0 == " " })
    guard let factor = units.first(where: { $0.name == unit })?.factor else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  /// The text with the unit that was probably meant; nil if there is none.
  func suggestion(for text: String) -> String? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    let unit = text[digits.endIndex...].drop { $0 == " " }.lowercased()
    return misspelt.first { $0.wrong.contains(unit) }.map { "\(digits) \($0.right)" }
  }

  /// What to write, in words.
  var hint: String {
    switch self {
    case .count: "a whole number, in digits only"
    case .bytes: "a number of bytes, or one with a unit: B, KiB, MiB or GiB"
    case .seconds: "a number of seconds, or one with a unit: s, min, h or d"
    }
  }

  /// A range of this kind in words.
  func words(_ range: ClosedRange<Int>) -> String {
    switch self {
    case .count: "\(range.lowerBound) to \(range.upperBound)"
    case .bytes: "\(range.lowerBound) to \(range.upperBound) bytes"
    case .seconds: "\(range.lowerBound) to \(range.upperBound) seconds"
    }
  }

  private var units: [(name: String, factor: Int)] {
    switch self {
    case .count: []
    case .bytes: [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
    case .seconds: [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)]
    }
  }

  private var misspelt: [(wrong: [String], right: String)] {
    switch self {
    case .count: []
    case .bytes:
      [
        (["b", "byte", "bytes"], "B"), (["k", "kb", "kib"], "KiB"), (["m", "mb", "mib"], "MiB"),
        (["g", "gb", "gib"], "GiB"),
      ]
    case .seconds:
      [
        (["sec", "secs", "second", "seconds"], "s"), (["m", "mins", "minute", "minutes"], "min"),
        (["hr", "hrs", "hour", "hours"], "h"), (["day", "days"], "d"),
      ]
    }
  }
}
