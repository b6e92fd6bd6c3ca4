/// One member line of a group, with the place where it is written.
///
/// `user:NAME`, `client:ID` or `certificate:NAME`. The name is literal but for `*`, which stands for any characters,
/// also none. A certificate name may say where it must come from: `CN=`, `DNS=`, `email=`, `URI=` or `subject=` before
/// it; without that it is compared with the certificate name whatever its source.
public struct AccessMember: Sendable {
  /// The member as written, for example `certificate:CN=sensor-*`.
  public let text: String
  /// Where it is written, for example `config/access.yaml:3:5`.
  public let origin: String

  /// Takes a member as written; ``AccessPolicy`` checks it.
  public init(_ text: String, origin: String) {
    self.text = text
    self.origin = origin
  }
}
