/// Why a listener can't listen: what was tried, what the system said, and what to do.
public struct ListenerError: Error, Sendable, CustomStringConvertible {
  /// The whole message.
  public let description: String
}
