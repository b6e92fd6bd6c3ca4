/// What went through one mapping since the bridge was made, read at one moment.
///
/// `accepted - delivered - refused - expired - open = 0` always. To Kafka, a publish is accepted when a mapping is
/// offered it, delivered when Kafka has it, refused when it can't be queued or Kafka refuses it. From Kafka, a record
/// is accepted when it is read, delivered when all its obligations are discharged, refused when no message can be made
/// of it (it is skipped).
public struct MappingCounters: Sendable, Equatable {
  /// Which way.
  public enum Direction: String, Sendable { case toKafka = "to_kafka", fromKafka = "from_kafka" }

  /// The mapping's name.
  public var name: String
  /// Which way.
  public var direction: Direction
  /// Offered.
  public var accepted: UInt64 = 0
  /// Done.
  public var delivered: UInt64 = 0
  /// Not taken, for whatever reason.
  public var refused: UInt64 = 0
  /// Not written because their time was over before Kafka could have them. From Kafka none is.
  public var expired: UInt64 = 0
  /// Under way.
  public var open: UInt64 = 0
  /// Left out by the loop guard as an echo: it would come back to the Kafka topic that it came from, or this broker had
  /// written it there. Not among the accepted.
  public var looped: UInt64 = 0
  /// Left out because it had gone from Kafka to Kafka as often as is allowed. Not among the accepted.
  public var hopsExceeded: UInt64 = 0
  /// Headers of records that MQTT can't carry; the rest of the record was delivered.
  public var headersLeftOut: UInt64 = 0
  /// From Kafka, records whose topic nobody subscribed to; they are among the delivered.
  public var unreceived: UInt64 = 0
}
