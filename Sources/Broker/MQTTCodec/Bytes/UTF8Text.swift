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
    allowsNull
      ? scan(bytes, allowsNull: true, allowsWildcards: true) : scan(bytes, allowsNull: false, allowsWildcards: true)
  }

  /// Whether `bytes` are well-formed and hold neither U+0000 nor `+` nor `#`.
  static func isWellFormedWithoutWildcards(_ bytes: UnsafeRawBufferPointer) -> Bool {
    scan(bytes, allowsNull: false, allowsWildcards: false)
  }

  /// Whether well-formed text holds control characters: U+0001 to U+001F and U+007F to U+009F, for which a receiver may
  /// close the connection (MQTT 5.0 section 1.5.4). U+0000 counts too.
  public static func hasControlCharacters(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x20 || byte == 0x7F { return true }
      at &+= 1
      // U+0080 to U+009F are two bytes, and no other character begins with the first of them and goes on so.
      if byte == 0xC2, at < bytes.count, bytes[at] < 0xA0 { return true }
    }
    return false
  }

  @inline(__always)
  private static func scan(_ bytes: UnsafeRawBufferPointer, allowsNull: Bool, allowsWildcards: Bool) -> Bool {
    /// Whether none of eight bytes needs a closer look; it may be wrong only in asking for one.
    func isPlain(at: Int) -> Bool {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      // Subtracting 1 from each byte sets the high bit of one that is zero.
      let ones: UInt64 = 0x0101_0101_0101_0101
      var suspects = word
      if !allowsNull { suspects |= word &- ones }
      if !allowsWildcards {
        suspects |= (word ^ (ones &* UInt64(UInt8(ascii: "+")))) &- ones
        suspects |= (word ^ (ones &* UInt64(UInt8(ascii: "#")))) &- ones
      }
      return suspects & (ones &* 0x80) == 0
    }

    // Text is ASCII nearly always: eight bytes at once, the last eight perhaps for the second time.
    let end = bytes.count
    var at = 0
    while at < end {
      while at &+ 8 <= end, isPlain(at: at) { at &+= 8 }
      if end >= 8, at &+ 8 > end, isPlain(at: end &- 8) { return true }
      guard at < end else { return true }
      let first = bytes[at]
      if first < 0x80 {
        if !allowsNull, first == 0 { return false }
        if !allowsWildcards, first == UInt8(ascii: "+") || first == UInt8(ascii: "#") { return false }
        at &+= 1
      } else {
        let length = sequenceLength(bytes, at: at)
        guard length > 0 else { return false }
        at &+= length
      }
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
    for next in (at &+ 2)..<(at &+ length) where bytes[next] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
