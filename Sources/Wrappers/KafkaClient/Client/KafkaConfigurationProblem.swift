/// What is wrong with the properties of a Kafka client.
public struct KafkaConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  /// The property that is wrong; nil when it is about several, or about what librdkafka does not name.
  public let property: String?
  /// What is wrong with it; it holds no secret value.
  public let message: String
  /// Whether librdkafka has no such property: then a name in ``KafkaConfiguration/knownNames`` was probably meant.
  public let isUnknownName: Bool

  /// The message.
  public var description: String { message }

  init(_ property: String?, _ message: String, isUnknownName: Bool = false) {
    self.property = property
    self.message = message
    self.isUnknownName = isUnknownName
  }
}
