/// What a consumer's client knows of its group, its partitions and the brokers that these need, at one moment.
public struct KafkaConsumerStatistics: Sendable, Equatable {
  /// A broker, as one connection knows it.
  public struct Broker: Sendable, Equatable {
    /// Its number; below 0 for one that is known by its address only.
    public var id: Int32 = -1
    /// Where it is, as Kafka itself says: "host:port". Empty when that isn't known yet.
    public var address = ""
    /// Whether the connection is there, signed in and all.
    public var isUp = false
    /// Whether requests wait for answers.
    public var isAsked = false
    /// Seconds since the last answer, while the connection is up; nil when there was none.
    public var silentSeconds: Double?
    /// Why the last attempt to connect failed, in words, if it is known.
    public var failure: String?

    /// A broker of which nothing is known.
    public init() {}
  }

  /// A partition that is assigned to this consumer.
  public struct Partition: Sendable, Equatable {
    /// Which.
    public var place: KafkaTopicPartition
    /// The broker that leads it, -1 for none.
    public var leader: Int32 = -1
    /// The offset behind its last record, as the last answer said; nil when it was refused, or when there was none yet.
    public var endOffset: Int64?
    /// Records that are in Kafka and not done, by that answer: 0 when nothing is known.
    public var lag: Int64 = 0

    /// A partition of which nothing is known.
    public init(_ place: KafkaTopicPartition) { self.place = place }
  }

  /// All brokers that the client knows, but for the coordinator's own connection.
  public var brokers: [Broker] = []
  /// The connection to the group's coordinator; nil while it is not known who that is.
  public var coordinator: Broker?
  /// The partitions that are assigned.
  public var partitions: [Partition] = []
  /// Whether the coordinator can be talked to.
  public var isCoordinated = false
  /// Whether this consumer is a member of the group that has been given its share, maybe of nothing.
  public var isMember = false
  /// Whether it has no reason to join the group: no topic of the subscription is there.
  public var isIdle = false

  /// Nothing is known.
  public init() {}
}
