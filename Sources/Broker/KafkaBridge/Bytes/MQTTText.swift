/// What MQTT allows in a UTF-8 encoded string (MQTT 5.0 section 1.5.4), stricter: control characters and
/// noncharacters, of which the specification says that a receiver may close the connection, and some do, are not
/// allowed either.
enum MQTTText {
  /// Most bytes of a string or of binary data: their length has two bytes.
  static let bytesMax = 65_535

  /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7) without control characters and noncharacters.
  static func isAllowed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      if first < 0x80 {
        guard first >= 0x20, first != 0x7F else { return false }
        at += 1
        continue
      }
      let count = sequenceCount(bytes, at: at)
      guard count > 0, !isUnwanted(bytes, at: at, count: count) else { return false }
      at += count
    }
    return true
  }

  /// Whether the bytes are well-formed UTF-8, of whatever characters: what a payload is that says so of itself (MQTT
  /// 5.0 section 3.3.2.3.2).
  static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at < bytes.count {
      // Text is ASCII nearly always: eight bytes at once.
      while at + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        at += 8
      }
      guard at < bytes.count else { return true }
      if bytes[at] < 0x80 {
        at += 1
        continue
      }
      let count = sequenceCount(bytes, at: at)
      guard count > 0 else { return false }
      at += count
    }
    return true
  }

  /// Bytes of the sequence of two to four bytes at `at`, or 0 when it is ill-formed: an overlong form, a surrogate, or
  /// above U+10FFFF.
  private static func sequenceCount(_ bytes: UnsafeRawBufferPointer, at: Int) -> Int {
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch bytes[at] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0...0)
      }
    guard count > 0, at + count <= bytes.count, second.contains(bytes[at + 1]) else { return 0 }
    for next in (at + 2)..<(at + count) where bytes[next] & 0xC0 != 0x80 { return 0 }
    return count
  }

  /// Whether a well-formed sequence is a control character (U+0080 to U+009F) or a noncharacter (U+FDD0 to U+FDEF, and
  /// the last two of each plane).
  private static func isUnwanted(_ bytes: UnsafeRawBufferPointer, at: Int, count: Int) -> Bool {
    switch count {
    case 2: return bytes[at] == 0xC2 && bytes[at + 1] < 0xA0
    case 3:
      guard bytes[at] == 0xEF else { return false }
      return bytes[at + 1] == 0xB7 && (0x90...0xAF).contains(bytes[at + 2])
        || bytes[at + 1] == 0xBF && bytes[at + 2] >= 0xBE
    default: return bytes[at + 1] & 0x0F == 0x0F && bytes[at + 2] == 0xBF && bytes[at + 3] >= 0xBE
    }
  }
}
