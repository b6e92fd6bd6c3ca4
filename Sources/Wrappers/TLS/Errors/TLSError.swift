/// Why something of this module was not done.
public struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What the error is about.
  public let kind: TLSErrorKind
  /// What is wrong, where, and what to do; one line without secrets.
  public let message: String

  /// Creates an error.
  public init(kind: TLSErrorKind, message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
