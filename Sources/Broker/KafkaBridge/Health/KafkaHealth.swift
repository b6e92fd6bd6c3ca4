/// What is known of Kafka now.
public struct KafkaHealth: Sendable, Equatable {
  /// One mapping from Kafka.
  public struct Reader: Sendable, Equatable {
    /// The mapping's name.
    public var mapping: String
    /// Partitions that are assigned to this Sluice.
    public var partitions: Int
    /// Records in them that are not done: behind the offset that is committed next, as of some seconds ago.
    public var lag: Int64
  }

  /// Why records of a mapping don't go through although Kafka answers.
  public struct Problem: Sendable, Equatable {
    /// The mapping's name.
    public var mapping: String
    /// Which way.
    public var direction: MappingCounters.Direction
    /// What is wrong, in words.
    public var reason: String
  }

  /// Whether all brokers answer that the mappings need: the leaders of their partitions and the coordinators of their
  /// consumer groups; nil before that is known.
  public var isReachable: Bool?
  /// Why Kafka can't be reached, or the last thing that the client complained of, in words; nil when there is nothing.
  public var lastError: String?
  /// Records that wait for Kafka.
  public var queuedRecords: Int
  /// Bytes of their keys, values and headers.
  public var queuedBytes: Int
  /// The mappings from Kafka.
  public var readers: [Reader] = []
  /// What keeps single mappings from their work.
  public var problems: [Problem] = []
}
