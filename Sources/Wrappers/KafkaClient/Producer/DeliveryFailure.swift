/// What is known of a record that Kafka refused, beside the code.
public final class DeliveryFailure: Sendable, Hashable {
  /// The Kafka topic that it was for.
  public let topic: String
  /// Bytes of its key, value and headers.
  public let bytes: Int
  /// Where it was too large: the topic's `max.message.bytes`, if Kafka told it.
  public let topicBytesMax: Int?

  /// Describes a refused record.
  public init(topic: String, bytes: Int, topicBytesMax: Int? = nil) {
    self.topic = topic
    self.bytes = bytes
    self.topicBytesMax = topicBytesMax
  }

  /// Whether two say the same.
  public static func == (left: DeliveryFailure, right: DeliveryFailure) -> Bool {
    left.topic == right.topic && left.bytes == right.bytes && left.topicBytesMax == right.topicBytesMax
  }

  /// Hashes what it says.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(topic)
    hasher.combine(bytes)
    hasher.combine(topicBytesMax)
  }
}
