/// What went wrong with Kafka, for people and for programs. It never holds the value of a secret property.
public struct KafkaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public let code: KafkaErrorCode
  /// What is wrong, and where.
  public let reason: String

  /// Describes an error.
  public init(code: KafkaErrorCode, reason: String) {
    self.code = code
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}
