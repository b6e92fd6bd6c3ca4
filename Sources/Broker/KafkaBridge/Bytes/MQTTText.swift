/// What MQTT allows in a UTF-8 encoded string (MQTT 5.0 section 1.5.4), stricter: control characters, of which the
/// specification says that a receiver may close the connection, are not allowed either.
enum MQTTText {
  /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7) without control characters.
  static func isAllowed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      if first < 0x80 {
        guard first >= 0x20, first != 0x7F else { return false }
        at += 1
        continue
      }
      // The second byte's range excludes overlong forms, surrogates, what lies above U+10FFFF, and U+0080 to U+009F.
      let (count, second): (Int, ClosedRange<UInt8>) =
        switch first {
        case 0xC2: (2, 0xA0...0xBF)
        case 0xC3...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: (0, 0...0)
        }
      guard count > 0, at + count <= bytes.count, second.contains(bytes[at + 1]) else { return false }
      for next in (at + 2)..<(at + count) where bytes[next] & 0xC0 != 0x80 { return false }
      at += count
    }
    return true
  }
}
