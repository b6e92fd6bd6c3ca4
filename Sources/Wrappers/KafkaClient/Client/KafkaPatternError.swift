/// What is wrong with the name or the pattern of a subscription.
public struct KafkaPatternError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The byte of the text at which it is wrong, from 0.
  public let offset: Int
  /// What is wrong, and what to write in its place.
  public let reason: String

  /// The reason.
  public var description: String { reason }
}
