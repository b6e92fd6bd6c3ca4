/// Why a client was not let in.
public struct AuthenticationRefusal: Error, Sendable, Hashable {
  /// What the client may know; it never tells whether a user name exists.
  public enum Reason: Sendable, Hashable {
    /// MQTT 5.0 reason code 0x86, MQTT 3.1.1 return code 4.
    case badUserNameOrPassword
    /// MQTT 5.0 reason code 0x87, MQTT 3.1.1 return code 5.
    case notAuthorized
    /// MQTT 5.0 reason code 0x85, MQTT 3.1.1 return code 2.
    case clientIdentifierNotValid
  }

  /// What the client is told.
  public let reason: Reason
  /// What happened, for the operator's log, which says beside it whom it happened to: one line, no secret in it, names
  /// from outside escaped and cut.
  public let explanation: String

  /// Describes a refusal; `explanation` must hold no secret.
  public init(_ reason: Reason, _ explanation: String) {
    self.reason = reason
    self.explanation = explanation
  }
}
