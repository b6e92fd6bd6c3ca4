/// Which client may publish on which route: remembered "yes" answers of the authorization engine, in a table of fixed
/// size.
///
/// A client is named by a key that is given once, so a decision never outlives the grants it came from. Confined to its
/// shard.
struct DecisionCache {
  private static let size = 1 << 14
  private var allowed: [UInt64] = Array(repeating: 0, count: size)
  private var lastKey: UInt32 = 0

  /// A key that no client has had; also for a client whose grants changed.
  mutating func nextKey() -> UInt32 {
    lastKey &+= 1
    if lastKey == 0 {
      lastKey = 1
      removeAll()
    }
    return lastKey
  }

  @inline(__always)
  private static func slot(_ word: UInt64) -> Int {
    Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 40) & (size &- 1)
  }

  /// Whether it was remembered that the client may publish on the route.
  @inline(__always)
  func isAllowed(client: UInt32, route: UInt32) -> Bool {
    let word = UInt64(client) << 32 | UInt64(route)
    return allowed[Self.slot(word)] == word
  }

  /// Remembers that it may.
  mutating func allow(client: UInt32, route: UInt32) {
    let word = UInt64(client) << 32 | UInt64(route)
    allowed[Self.slot(word)] = word
  }

  /// Forgets everything.
  mutating func removeAll() {
    for i in allowed.indices { allowed[i] = 0 }
  }
}
