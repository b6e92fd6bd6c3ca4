/// Why the shards can't start: what was tried, what the system said, and what to do.
public struct StartError: Error, Sendable, CustomStringConvertible {
  /// The whole message.
  public let description: String

  static let noThreads = StartError(description: "the system gives no more threads")
}
