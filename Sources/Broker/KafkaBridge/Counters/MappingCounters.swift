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
  /// Dropped because their time was over; the bridge drops none by itself.
  public var expired: UInt64 = 0
  /// Under way.
  public var open: UInt64 = 0
  /// Left out by the loop guard; not among the accepted.
  public var looped: UInt64 = 0
}
