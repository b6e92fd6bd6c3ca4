/// What an authenticator found.
public enum AuthenticationOutcome: Sendable, Hashable {
  /// The client is who this says.
  case accepted(Identity)
  /// The client is not let in.
  case refused(AuthenticationRefusal)
}
