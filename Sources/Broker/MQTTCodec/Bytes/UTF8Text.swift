/// Checks of UTF-8 text: strict, without surrogates, overlong forms or code points past U+10FFFF (RFC 3629 section 4).
public enum UTF8Text {
  /// Whether `bytes` are well-formed and hold no U+0000: what MQTT asks of every string (MQTT 5.0 section 1.5.4).
  public static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
    bytes.withUnsafeBytes { isWellFormed($0) }
  }

  /// Whether `bytes` are well-formed and, unless `allowsNull`, hold no U+0000.
  ///
  /// A payload whose Payload Format Indicator says UTF-8 may hold U+0000 (MQTT 5.0 section 3.3.2.3.2).
  public static func isWellFormed(_ bytes: UnsafeRawBufferPointer, allowsNull: Bool = false) -> Bool {
    var at = 0
    let end = bytes.count
    while at < end {
      // Text is ASCII nearly always: eight bytes at once. Subtracting 1 from each byte borrows only out of a zero byte.
      while at &+ 8 <= end {
        let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        guard word & 0x8080_8080_8080_8080 == 0 else { break }
        if !allowsNull, (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return false }
        at &+= 8
      }
      guard at < end else { break }
      let first = bytes[at]
      if first < 0x80 {
        if first == 0, !allowsNull { return false }
        at &+= 1
        continue
      }
      let length = sequenceLength(bytes, at: at)
      guard length > 0 else { return false }
      at &+= length
    }
    return true
  }

  /// Bytes of the sequence of two to four bytes at `at`, or 0 when it is ill-formed (RFC 3629 section 4).
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int {
    let first = bytes[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard at &+ length <= bytes.count, second.contains(bytes[at &+ 1]) else { return 0 }
    for next in (at &+ 2)..<max(at &+ length, at &+ 2) where bytes[next] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
