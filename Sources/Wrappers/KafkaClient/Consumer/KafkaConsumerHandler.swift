/// Who reads what a ``KafkaConsumer`` gets. Every method is called on the consumer's own thread, one at a time; until
/// it returns, nothing else happens in that consumer.
public protocol KafkaConsumerHandler: AnyObject, Sendable {
  /// Records in the order of their partitions. They are freed when the call returns: copy what is kept.
  func received(_ records: borrowing KafkaRecordBatch)
  /// These partitions are this consumer's from now on; their records follow.
  func assigned(_ partitions: [KafkaTopicPartition])
  /// These partitions are not this consumer's any more: offsets stored by the time this returns are still committed.
  func revoked(_ partitions: [KafkaTopicPartition])
  /// Something went wrong; the consumer goes on by itself. The same error may be told many times.
  func failed(_ error: KafkaError)
  /// What the client knows of its group, partitions and brokers: told every two seconds.
  func observed(_ statistics: KafkaConsumerStatistics)
  /// Kafka has nothing at the offset at which a partition was to be read: the records expired, or the topic was made
  /// anew. Reading goes on at `begin`, the first offset there is; `end` is the one behind the last. nil where Kafka
  /// didn't say.
  func lost(_ partition: KafkaTopicPartition, at offset: Int64, begin: Int64?, end: Int64?)
  /// Kafka answered a commit of offsets: nil when it has them.
  func committed(_ error: KafkaError?)
}

extension KafkaConsumerHandler {
  /// Not everybody wants to know.
  public func observed(_ statistics: KafkaConsumerStatistics) {}
  /// Not everybody wants to know.
  public func committed(_ error: KafkaError?) {}
  /// Not everybody wants to know.
  public func lost(_ partition: KafkaTopicPartition, at offset: Int64, begin: Int64?, end: Int64?) {}
}
