/// Reads DER (X.690), element by element, where it lies. Every length is checked; nothing is copied.
struct DERReader {
  /// One element: its tag and what is in it.
  struct Element {
    let tag: UInt8
    let content: UnsafeRawBufferPointer
  }

  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next element; nil at the end, or where the bytes are no element.
  mutating func next() -> Element? {
    guard rest.count >= 2, rest[0] & 0x1F != 0x1F else { return nil }
    let tag = rest[0]
    var start = 2
    var length = Int(rest[1])
    if length >= 0x80 {
      let count = length & 0x7F
      guard (1...3).contains(count), rest.count >= 2 + count else { return nil }
      length = rest[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
      start += count
    }
    guard rest.count - start >= length else { return nil }
    let content = UnsafeRawBufferPointer(rebasing: rest[start..<start + length])
    rest = UnsafeRawBufferPointer(rebasing: rest[(start + length)...])
    return Element(tag: tag, content: content)
  }

  /// The content of the next element, if it has this tag.
  mutating func next(_ tag: UInt8) -> UnsafeRawBufferPointer? {
    guard let element = next(), element.tag == tag else { return nil }
    return element.content
  }
}
