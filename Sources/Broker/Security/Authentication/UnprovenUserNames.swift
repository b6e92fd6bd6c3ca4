/// What of a user name that a client gives and nothing proves: device SDKs send one by themselves, without a password.
public enum UnprovenUserNames: String, Sendable, Hashable, CaseIterable {
  /// It proves nothing and forbids nothing: where a certificate or anonymous access lets the client in anyway, it is
  /// let in without that name. So is one with a password where anonymous clients are let in and nothing could judge it.
  case ignore
  /// The client is refused.
  case refuse
}
