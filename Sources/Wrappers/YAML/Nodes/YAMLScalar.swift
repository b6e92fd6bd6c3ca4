/// A text in a YAML file.
public struct YAMLScalar: Sendable, Equatable {
  /// How it was written.
  public enum Style: Sendable {
    /// Without quotes.
    case plain
    /// In single or double quotes, or as a block (`|`, `>`): always meant as text.
    case quoted
  }

  /// The text, with escapes and folding resolved. Holds no NUL.
  public let text: String
  /// How it was written.
  public let style: Style

  /// Whether it says "nothing": empty, `~` or `null` without quotes.
  public var isNull: Bool {
    style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
  }
}
