/// The bounds of the bridge.
public struct KafkaBridgeLimits: Sendable {
  /// Most records that wait for Kafka; beyond, publishes are refused for quota. At 200 bytes it is a tenth of a second
  /// at full speed, or the backlog of an outage that a device sees as a slow acknowledgement.
  public var queuedRecordsMax = 100_000
  /// Most bytes of the keys, values and headers of those records.
  public var queuedBytesMax = 128 << 20
  /// Most records of one partition that are read and not yet done; beyond, the partition is paused until half are done.
  public var openRecordsMax = 10_000
  /// Most bytes in those records' messages; the same happens beyond. It is what a partition whose subscribers are slow
  /// may take of memory.
  public var openBytesMax = 16 << 20
  /// Most bytes in the open records of all partitions of a mapping; beyond, the partition that brought one more is
  /// paused until half is left. It bounds what a mapping takes of memory, however many partitions its topics have.
  public var openBytesInAllMax = 64 << 20
  /// How long a partition that is full is waited for before it is paused: to pause it throws away what was fetched, and
  /// subscribers that take what they get make room sooner.
  public var roomMilliseconds = 200
  /// Most bytes of records that go to a shard as one: about what a shard sends before it looks for input again.
  public var batchBytesMax = 256 << 10
  /// Most records of one partition from the first that is not done to the last that was read; the same happens beyond.
  /// They come again after a crash, and are remembered, 16 bytes each, while one subscriber withholds the first.
  public var heldRecordsMax = 100_000
  /// Most user properties of a publish, and most headers of a record, that are carried over. Each is work and memory
  /// that someone outside asks for.
  public var userPropertiesMax = 64
  /// Most levels of a topic that a record is published to: the broker's own limit.
  public var topicLevelsMax = 32
  /// Most times that a message goes from Kafka to MQTT and back to Kafka, through whichever brokers with this bound.
  /// Chains of a few are in use; what goes on is a circle.
  public var hopsMax = 8
  /// How often Kafka is asked whether it can be reached, and whether records move.
  public var watchSeconds = 10
  /// Most mappings of each direction.
  public static let mappingsMax = 1_000

  /// The defaults.
  public init() {}
}
