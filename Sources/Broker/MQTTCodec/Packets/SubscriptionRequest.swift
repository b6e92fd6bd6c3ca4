/// One topic filter of a SUBSCRIBE and its options.
public struct SubscriptionRequest: Sendable, Equatable {
  /// The filter: well-formed UTF-8, of which nothing else is checked (see ``TopicFilter``), so that a bad one can be
  /// answered by its own reason code.
  public internal(set) var filter: Range<Int>
  /// How its messages are wanted.
  public internal(set) var options: SubscriptionOptions
}
