/// What is known of Kafka at one moment.
public struct KafkaFigures: Sendable, Equatable {
  /// One mapping from Kafka.
  public struct Reader: Sendable, Equatable {
    /// The mapping's name in the configuration.
    public var mapping: String
    /// Partitions that are assigned to this broker.
    public var partitions: Int
    /// Records in them that are not done.
    public var lag: Int64

    /// States what is so.
    public init(mapping: String, partitions: Int, lag: Int64) {
      self.mapping = mapping
      self.partitions = partitions
      self.lag = lag
    }
  }

  /// One mapping of either direction.
  public struct Mapping: Sendable, Equatable {
    /// The mapping's name in the configuration.
    public var name: String
    /// Which way.
    public var direction: BridgeFigures.Direction
    /// Whether it has from Kafka what it needs.
    public var isReady: Bool

    /// States what is so.
    public init(name: String, direction: BridgeFigures.Direction, isReady: Bool) {
      self.name = name
      self.direction = direction
      self.isReady = isReady
    }
  }

  /// Whether all brokers answer that the mappings need.
  public var isReachable: Bool
  /// Records that wait for Kafka.
  public var queuedRecords: Int
  /// Bytes of their keys, values and headers.
  public var queuedBytes: Int
  /// The mappings from Kafka.
  public var readers: [Reader]
  /// All mappings.
  public var mappings: [Mapping]

  /// States what is so.
  public init(
    isReachable: Bool, queuedRecords: Int, queuedBytes: Int, readers: [Reader] = [], mappings: [Mapping] = []
  ) {
    self.isReachable = isReachable
    self.queuedRecords = queuedRecords
    self.queuedBytes = queuedBytes
    self.readers = readers
    self.mappings = mappings
  }
}
