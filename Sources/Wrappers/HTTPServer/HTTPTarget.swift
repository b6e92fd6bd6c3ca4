/// The path and query of a request's target, percent-encoding undone (RFC 3986 section 2.1).
struct HTTPTarget {
  let path: String
  let query: [(name: String, value: String)]

  /// nil when the path does not begin with `/`, or an escape is not two hexadecimal digits, or what results is not
  /// UTF-8 or has a NUL.
  init?(path: String, query: String) {
    guard path.utf8.first == UInt8(ascii: "/"), let decoded = HTTPTarget.decode(path[...], plusIsSpace: false) else {
      return nil
    }
    self.path = decoded
    var pairs: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = halves.count == 2 ? halves[1] : ""
      guard let name = HTTPTarget.decode(halves[0], plusIsSpace: true),
        let value = HTTPTarget.decode(value, plusIsSpace: true)
      else { return nil }
      pairs.append((name, value))
    }
    self.query = pairs
  }

  private static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace:
        bytes.append(UInt8(ascii: " "))
      default:
        bytes.append(byte)
      }
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
