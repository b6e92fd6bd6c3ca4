/// Why the engine decided as it did, for an operator.
public struct Explanation: Sendable, Hashable, CustomStringConvertible {
  /// What was decided.
  public let isAllowed: Bool
  /// Where the filter that decided is written, or nil when no rule names the topic or it isn't valid.
  public let origin: String?
  /// The filter that decided, as written, or why there is none.
  public let reason: String

  /// One line for a person, such as `denied by plants/9/# (config/access.yaml:12:3)`.
  public var description: String {
    guard let origin else { return "denied: \(reason)" }
    return "\(isAllowed ? "allowed" : "denied") by \(reason) (\(origin))"
  }
}
