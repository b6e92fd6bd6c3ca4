/// A record's place in its source; what the numbers mean is the source's own affair.
public struct RecordPosition: Sendable, Hashable {
  /// The source's number for the mapping, topic and partition.
  public let partition: Int32
  /// The record's offset in it.
  public let offset: Int64
  /// Somebody received the record: told when it is done.
  public var isReceived = false

  /// Names a place.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}
