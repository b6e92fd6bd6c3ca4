/// The way into the shards for other threads. Any thread may call it; nothing blocks.
public protocol ShardMailboxes: AnyObject, Sendable {
  /// How many shards there are; they are numbered from 0.
  var shardCount: Int { get }
  /// Hands a batch of ended obligations to the shard that keeps their entries.
  func post(discharges: [Discharge], to shard: Int)
  /// Hands a batch of records to a shard, which publishes them in order. Records whose order matters go to the same
  /// shard.
  func post(records: RecordBatch, to shard: Int)
}
