/// Checks of topic names: what a message is published to (MQTT 5.0 section 4.7).
public enum TopicName {
  /// Whether `bytes` are a topic name: 1 to 65,535 bytes of well-formed UTF-8 without U+0000, `+` and `#`.
  public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 0, bytes.count <= DecodingLimits.fieldBytesMax else { return false }
    return UTF8Text.isWellFormedWithoutWildcards(bytes)
  }

  /// Whether `bytes` are a topic name: 1 to 65,535 bytes of well-formed UTF-8 without U+0000, `+` and `#`.
  public static func isValid(_ bytes: Span<UInt8>) -> Bool {
    bytes.withUnsafeBytes { isValid($0) }
  }

  /// How many levels a topic name or filter has: one more than it has slashes. Linear, without allocation.
  public static func levelCount(_ bytes: UnsafeRawBufferPointer) -> Int {
    var slashes = 0
    for byte in bytes where byte == UInt8(ascii: "/") { slashes &+= 1 }
    return slashes &+ 1
  }

  /// How many levels a topic name or filter has: one more than it has slashes. Linear, without allocation.
  public static func levelCount(_ bytes: Span<UInt8>) -> Int {
    bytes.withUnsafeBytes { levelCount($0) }
  }
}
