import MQTTCodec

/// Whether bytes are text, and whether they are a topic name, beside what Swift's own strings say.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    // The first byte moves the text, since words of eight bytes are looked at together.
    guard let first = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let isText = String(validating: text, as: UTF8.self) != nil
    let hasNull = text.contains(0)
    let hasWildcard = text.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    let shift = Int(first % 8)
    let moved = [UInt8](repeating: 0xFF, count: shift) + text
    moved.withUnsafeBytes { all in
      let part = UnsafeRawBufferPointer(rebasing: all[shift...])
      check(UTF8Text.isWellFormed(part, allowsNull: true) == isText, "text")
      check(UTF8Text.isWellFormed(part) == (isText && !hasNull), "text without U+0000")
      check(TopicName.isValid(part) == (isText && !hasNull && !hasWildcard && !text.isEmpty), "topic name")
      check(TopicName.levelCount(part) == text.split(separator: 0x2F, omittingEmptySubsequences: false).count, "levels")
    }
    text.withUnsafeBufferPointer { check(UTF8Text.isWellFormed($0.span) == (isText && !hasNull), "text in a span") }
  }
}
