/// A named set of clients.
public struct GroupConfiguration: Sendable {
  /// The key under `groups`.
  public let name: Placed<String>
  /// `members`: such as `certificate:CN=sensor-*`, `user:line-4`, `client:auditor`. Kind and pattern are not checked
  /// here.
  public let members: [Placed<String>]
}
