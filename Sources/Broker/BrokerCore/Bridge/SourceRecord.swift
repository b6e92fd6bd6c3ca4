/// One record from Kafka, as it travels from a consumer's thread to a shard.
public struct SourceRecord: Sendable {
  /// The MQTT message that the mapping made of it.
  public let message: Message
  /// Where it came from, told back when all its obligations are discharged.
  public let position: RecordPosition
  /// Whom to tell.
  public let source: any RecordSource

  /// Describes one record.
  public init(message: Message, position: RecordPosition, source: any RecordSource) {
    self.message = message
    self.position = position
    self.source = source
  }
}
