/// One way from a Kafka topic to MQTT topics, as configured. Nothing is checked before ``KafkaBridge/check(_:)``.
public struct FromKafkaMapping: Sendable {
  /// Names the mapping in logs and metrics.
  public var name: String
  /// The Kafka topic, or, beginning with `^`, a POSIX extended regular expression of topics.
  public var topic: String
  /// Template of the MQTT topic: it may name `{key}`, `{header:name}`, `{topic}` (Kafka's), `{partition}` and
  /// `{offset}`. A value may not hold a slash, unless the place says `{key...}`.
  public var publish: String
  /// The QoS to publish with: 0, 1 or 2.
  public var qos: UInt8
  /// Whether the messages are retained. A tombstone then removes what is retained.
  public var isRetain: Bool
  /// The consumer group; by default `sluice-` and the mapping's name.
  public var group: String
  /// Whether others may be members of the group: then its partitions are given up at a stop. Otherwise this mapping's
  /// place is kept, and it goes on at once after a start. By default where a group is given.
  public var isGroupShared: Bool

  /// Describes a mapping.
  public init(
    name: String, topic: String, publish: String, qos: UInt8 = 1, isRetain: Bool = false, group: String? = nil
  ) {
    self.name = name
    self.topic = topic
    self.publish = publish
    self.qos = qos
    self.isRetain = isRetain
    self.group = group ?? "sluice-\(name)"
    isGroupShared = group != nil
  }
}
