/// How long records from Kafka wait for one client, and whether they still do. A value without I/O, confined to its
/// shard.
struct Patience {
  /// Records wait for its acknowledgements, or did when the shard last looked.
  var isAwaited = false
  /// It is among those that the shard looks at.
  var isListed = false
  /// It fell behind: no record waits for it until it has caught up.
  var isGivenUp = false
  /// It was slow on an earlier connection: records wait for it once it has acknowledged something in time.
  var isOnProbation = false
  /// When the shard looks next at what waits for it.
  var dueMilliseconds: Int64 = 0
  private var look: UInt32 = 0
  private var heldUpLook: UInt32 = 0
  private var heldUpSinceMilliseconds: Int64?

  /// Numbers another look. What was found holds only as long as each look finds it.
  mutating func beginLook() -> UInt32 {
    if heldUpLook != look { heldUpSinceMilliseconds = nil }
    look &+= 1
    return look
  }

  /// A look found that others wait because of the client. True once all looks have for so long that it is given up.
  mutating func heldUp(look found: UInt32, nowMilliseconds: Int64) -> Bool {
    guard found == look else { return false }
    heldUpLook = found
    let since = heldUpSinceMilliseconds ?? nowMilliseconds
    heldUpSinceMilliseconds = since
    return nowMilliseconds - since >= Limits.slowSubscriberMilliseconds
  }
}
