/// One thing that is wrong with an access policy.
public struct AccessProblem: Sendable, Hashable, CustomStringConvertible {
  /// Where: the origin that the caller gave for the filter, member, group or rule.
  public let origin: String
  /// What is wrong, and what to do about it.
  public let message: String

  /// The place and the message, as one line for a person.
  public var description: String { "\(origin): \(message)" }
}
