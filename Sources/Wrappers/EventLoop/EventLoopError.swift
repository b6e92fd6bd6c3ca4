import Glibc

/// What the system refused, in words that an operator can act on.
public struct EventLoopError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public let message: String

  /// The message.
  public var description: String { message }

  init(_ message: String) { self.message = message }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 128)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
