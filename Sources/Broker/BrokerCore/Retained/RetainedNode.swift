/// One level of the topics that have a retained message, and what lies below it.
///
/// Guarded by the lock of its ``RetainedStore``.
final class RetainedNode {
  /// The level's name; empty for the root.
  let name: ArraySlice<UInt8>
  /// Later nodes have higher numbers, also where a node was removed and came again.
  let number: UInt64
  var children = RetainedChildren()
  var message: Message?
  /// The number of the store's change that put the message here.
  var storedNumber: UInt64 = 0
  /// Where it stands in ``RetainedExpiries``, or nil while its message never expires.
  var expiryPlace: Int?

  init(name: ArraySlice<UInt8>, number: UInt64) {
    self.name = name
    self.number = number
  }
}
