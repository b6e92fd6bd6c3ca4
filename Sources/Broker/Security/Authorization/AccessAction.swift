/// What a client wants to do, as the authorization engine sees it.
public enum AccessAction: String, Sendable, CaseIterable {
  /// Send a message to a topic: a PUBLISH or a will.
  case publish
  /// Ask for all messages of a topic filter: a SUBSCRIBE.
  case subscribe
  /// Be given a message of a topic: live, retained, queued, shared, or from Kafka.
  case receive
}
