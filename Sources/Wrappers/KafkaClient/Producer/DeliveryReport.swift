/// What became of one record that a producer had queued.
public struct DeliveryReport: Sendable, Hashable {
  /// The number that was given with the record.
  public let opaque: UInt64
  /// ``KafkaErrorCode/success`` when all in-sync replicas have the record, ``KafkaErrorCode/expired`` when its time was
  /// over before Kafka had it.
  public let code: KafkaErrorCode
  /// More about a record that Kafka refused, where it is known.
  public let failure: DeliveryFailure?

  /// Pairs a number with an outcome.
  public init(opaque: UInt64, code: KafkaErrorCode, failure: DeliveryFailure? = nil) {
    self.opaque = opaque
    self.code = code
    self.failure = failure
  }
}
