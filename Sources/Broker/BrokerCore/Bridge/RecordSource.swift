/// A consumer of records that wants to know which are done, so that it can store offsets up to a low-water mark.
public protocol RecordSource: AnyObject, Sendable {
  /// Every obligation of these records is discharged: each position that was posted comes back exactly once, in any
  /// order, in batches, from any shard's thread. Must not block.
  func completed(_ positions: [RecordPosition])

  /// How full a partition is now, or nil when it has been taken away. Asked on a shard's thread about partitions whose
  /// records wait for a slow subscriber, some times a second. Must not block.
  func pressure(on partition: Int32) -> PartitionPressure?

  /// Nobody subscribes to a record's topic, no mapping takes it on, and it is not retained. Called from any shard~s
  /// thread, before the record is completed. Must not block.
  func foundNoReceiver()
}

extension RecordSource {
  /// Not every source counts them.
  public func foundNoReceiver() {}
}
