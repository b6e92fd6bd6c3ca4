/// What is known of Kafka now.
public struct KafkaHealth: Sendable, Equatable {
  /// Whether a broker answered when last asked; nil before the first answer.
  public var isReachable: Bool?
  /// Why it can't be reached, or the last thing that the client complained of, in words; nil when there is nothing.
  public var lastError: String?
  /// Records that wait for Kafka.
  public var queuedRecords: Int
  /// Bytes of their keys, values and headers.
  public var queuedBytes: Int
  /// Why mappings from Kafka read nothing although Kafka can be reached, a sentence for each.
  public var readerProblems: [String] = []
}
