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
}
