/// A topic filter as an access rule names it, with the place where it is written.
///
/// It may hold the wildcards `+` and `#`, and the placeholders `{client}`, `{user}` and `{certificate}`, each of them a
/// whole level.
public struct AccessFilter: Sendable {
  /// The filter as written, for example `plants/+/devices/{client}/#`.
  public let text: String
  /// Where it is written, for example `config/access.yaml:12:3`. It is only shown, never interpreted.
  public let origin: String

  /// Takes a filter as written; ``AccessPolicy`` checks it.
  public init(_ text: String, origin: String) {
    self.text = text
    self.origin = origin
  }
}
