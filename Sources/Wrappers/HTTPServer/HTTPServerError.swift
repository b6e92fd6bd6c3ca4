/// Why a server could not start, in words that an operator can act on.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public let message: String

  /// The message.
  public var description: String { message }

  init(_ message: String) { self.message = message }
}
