internal import KafkaClient

/// One assignment of one partition to this consumer. A partition that comes back later, or is rewound, is another
/// assignment with another number, so that late completions can't be mistaken.
struct AssignedPartition {
  let place: KafkaTopicPartition
  let shard: Int
  var tracker = OffsetTracker()
  var isPaused = false
  /// Its records that are still open are waited for, for the counters; its offsets are nobody's business any more.
  var isRevoked = false
}
