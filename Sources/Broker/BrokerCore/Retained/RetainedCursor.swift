/// How far a walk over the retained messages that a filter matches has come.
///
/// It holds no message and nothing of the store's: between two steps anything may change there, and the walk goes on
/// behind the place where it was. It gets what was there when it began: a topic that came later is not looked at, and a
/// message that was stored later only if it is asked for. A value without I/O.
struct RetainedCursor {
  let levels: [ArraySlice<UInt8>]
  /// The number of the store's last change before the walk began.
  let through: UInt64
  /// For each level on the way, the number of the node that was looked at last.
  var path: [UInt64] = [0]
  var isAtEnd = false

  /// Before the first one.
  init(filter: [UInt8], through: UInt64) {
    levels = filter.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    self.through = through
  }
}
