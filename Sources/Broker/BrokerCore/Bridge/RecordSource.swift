/// A consumer of records that wants to know which are done, so that it can store offsets up to a low-water mark.
public protocol RecordSource: AnyObject, Sendable {
  /// Every obligation of these records is discharged: each position that was posted comes back exactly once, in any
  /// order, in batches, from any shard's thread. Must not block.
  func completed(_ positions: [RecordPosition])
}
