/// What became of one record that a producer had queued.
public struct DeliveryReport: Sendable, Hashable {
  /// The number that was given with the record.
  public let opaque: UInt64
  /// ``KafkaErrorCode/success`` when all in-sync replicas have the record.
  public let code: KafkaErrorCode

  /// Pairs a number with an outcome.
  public init(opaque: UInt64, code: KafkaErrorCode) {
    self.opaque = opaque
    self.code = code
  }
}
