/// A text that must not be seen: a passphrase, a password, a token. It prints as `***`, in dumps and reflections too.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, for the one who uses it. Never log it.
  public let revealed: String

  /// Hides a text.
  public init(_ text: String) { revealed = text }

  /// Always `***`.
  public var description: String { "***" }
  /// Always `***`.
  public var debugDescription: String { "***" }
  /// Shows nothing of the text.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
