/// What a client says of itself, cut so that a line of the log has room for it. The log escapes what a terminal could
/// act on.
public enum Claimed {
  /// Characters that are kept: more than names that people give have.
  static let charactersMax = 64

  /// The text; of a longer one its beginning, and how many bytes it has.
  public static func text(_ text: String) -> String { Self.text(text.utf8) }

  /// The same for bytes, which need not be text.
  public static func text(_ bytes: some Collection<UInt8>) -> String {
    // No character has more than four bytes.
    let beginning = String(decoding: bytes.prefix(charactersMax * 4 + 4), as: UTF8.self).unicodeScalars
    let kept = beginning.prefix(charactersMax)
    guard kept.endIndex < beginning.endIndex else { return String(beginning) }
    return String(String.UnicodeScalarView(kept)) + "… (\(bytes.count) bytes)"
  }
}
