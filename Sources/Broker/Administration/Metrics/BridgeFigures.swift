/// What one mapping of the bridge has counted in one direction. What balances must be read as of one moment, or the
/// imbalance is not 0.
public struct BridgeFigures: Sendable, Equatable {
  /// Which way.
  public enum Direction: String, Sendable {
    /// From MQTT to Kafka.
    case toKafka = "to_kafka"
    /// From Kafka to MQTT.
    case fromKafka = "from_kafka"
  }

  /// The mapping's name in the configuration.
  public var mapping: String
  /// Which way.
  public var direction: Direction
  /// Taken on.
  public var accepted: UInt64 = 0
  /// Delivered for good.
  public var delivered: UInt64 = 0
  /// Taken on, then refused.
  public var refused: UInt64 = 0
  /// Expired before delivery.
  public var expired: UInt64 = 0
  /// Not yet done.
  public var open: UInt64 = 0
  /// Left out by the loop guard as an echo.
  public var looped: UInt64 = 0
  /// Left out because it had gone from Kafka to Kafka as often as is allowed.
  public var hopsExceeded: UInt64 = 0
  /// Headers of records that MQTT can't carry.
  public var headersLeftOut: UInt64 = 0
  /// From Kafka, delivered to nobody because nobody subscribed; among the delivered.
  public var unreceived: UInt64 = 0

  /// A mapping that has counted nothing.
  public init(mapping: String, direction: Direction) {
    self.mapping = mapping
    self.direction = direction
  }

  /// `accepted - delivered - refused - expired - open`, which is 0 in a correct broker.
  public var imbalance: Int64 {
    Int64(truncatingIfNeeded: accepted &- delivered &- refused &- expired &- open)
  }
}
