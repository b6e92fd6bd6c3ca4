internal import Glibc

/// The bytes of a literal, without an allocation or a copy.
struct StaticBytes: Sendable {
  private let text: StaticString

  /// `text` must be a literal of more than one character.
  init(_ text: StaticString) { self.text = text }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) }

  var count: Int { text.utf8CodeUnitCount }

  func begins(_ other: UnsafeRawBufferPointer) -> Bool {
    guard other.count >= count, let start = other.baseAddress else { return false }
    return memcmp(start, text.utf8Start, count) == 0
  }

  static func == (literal: StaticBytes, other: UnsafeRawBufferPointer) -> Bool {
    other.count == literal.count && literal.begins(other)
  }
}
