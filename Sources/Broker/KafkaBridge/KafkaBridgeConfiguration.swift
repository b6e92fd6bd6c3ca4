public import KafkaClient

/// All that a ``KafkaBridge`` must be told.
public struct KafkaBridgeConfiguration: Sendable {
  /// The cluster, and the properties of every client.
  public var kafka: KafkaConfiguration
  /// The ways to Kafka.
  public var toKafka: [ToKafkaMapping]
  /// The ways from Kafka.
  public var fromKafka: [FromKafkaMapping]
  /// Names this broker, or all nodes of one cluster of brokers, in the `sluice.origin` header: records that carry it
  /// are not read back. Two installations that shall hear each other through one Kafka need two names.
  public var origin: String
  /// The bounds.
  public var limits: KafkaBridgeLimits

  /// Describes a bridge.
  public init(
    kafka: KafkaConfiguration, toKafka: [ToKafkaMapping] = [], fromKafka: [FromKafkaMapping] = [],
    origin: String = "sluice",
    limits: KafkaBridgeLimits = KafkaBridgeLimits()
  ) {
    self.kafka = kafka
    self.toKafka = toKafka
    self.fromKafka = fromKafka
    self.origin = origin
    self.limits = limits
  }
}
