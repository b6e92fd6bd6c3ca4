/// What other threads ask of a consumer's thread, until it comes by. Bounded by the number of partitions: only the
/// latest wish for each is kept.
struct ConsumerCommands {
  var stores: [KafkaTopicPartition: Int64] = [:]
  var pauses: [KafkaTopicPartition: Bool] = [:]
  var seeks: [KafkaTopicPartition: Int64] = [:]
  /// Offsets to store and commit, also lower ones than before.
  var rewinds: [KafkaTopicPartition: Int64] = [:]
  /// Offsets at which the library found nothing.
  var resets: [KafkaTopicPartition: Int64] = [:]

  var isEmpty: Bool { stores.isEmpty && pauses.isEmpty && seeks.isEmpty && rewinds.isEmpty && resets.isEmpty }
}
