/// A mapping from Kafka to MQTT.
public struct FromKafkaConfiguration: Sendable {
  /// Where the mapping begins.
  public let place: SourcePlace
  /// `name`: unique among all mappings; for logs and metrics.
  public let name: Placed<String>
  /// `topic`: a Kafka topic, or a pattern that begins with `^`.
  public let topic: Placed<String>
  /// `publish`: the template of the MQTT topic.
  public let publish: Placed<String>
  /// `qos`: 0 to 2; 1 by default.
  public let qos: Int
  /// `retain`: false by default.
  public let retain: Bool
  /// `group`: the consumer group; nil leaves its name to the bridge.
  public let group: Placed<String>?
}
