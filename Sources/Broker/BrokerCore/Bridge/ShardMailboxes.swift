/// The way into the shards for other threads. Any thread may call it; nothing blocks.
public protocol ShardMailboxes: AnyObject, Sendable {
  /// How many shards there are; they are numbered from 0.
  var shardCount: Int { get }
  /// Hands a batch of ended obligations to the shard that keeps their entries.
  func post(discharges: [Discharge], to shard: Int)
  /// Hands a batch of records to a shard, which publishes them in order. Records whose order matters go to the same shard.
  func post(records: [SourceRecord], to shard: Int)
}

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

/// A record's place in its source; what the numbers mean is the source's own affair.
public struct RecordPosition: Sendable, Hashable {
  /// The source's number for the mapping, topic and partition.
  public let partition: Int32
  /// The record's offset in it.
  public let offset: Int64

  /// Names a place.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// A consumer of records that wants to know which are done, so that it can store offsets up to a low-water mark.
public protocol RecordSource: AnyObject, Sendable {
  /// Every obligation of these records is discharged: each position that was posted comes back exactly once, in any order,
  /// in batches, from any shard's thread. Must not block.
  func completed(_ positions: [RecordPosition])
}
