/// How full a partition is, whose records wait for subscribers.
public struct PartitionPressure: Sendable, Equatable {
  /// Nothing more is read from it until some of its records are done.
  public var isFull: Bool
  /// Records that are read and not done.
  public var openRecords: Int
  /// The highest offset of a record that somebody received and that is done, or nil before the first.
  public var highestReceived: Int64?

  /// Describes a partition.
  public init(isFull: Bool, openRecords: Int, highestReceived: Int64?) {
    self.isFull = isFull
    self.openRecords = openRecords
    self.highestReceived = highestReceived
  }
}
