import Synchronization

/// Remembers which passwords were right, so that a device that reconnects doesn't cost a slow hash again.
///
/// It holds neither passwords nor anything that can be tried out elsewhere: only HMACs under a random key of this
/// process. Any thread may use it. It dies with its authenticator, so a changed password file begins with an empty
/// cache.
final class VerifiedPasswordCache: Sendable {
  /// Remembered passwords; the oldest is forgotten first. At 32 bytes, stored twice, this is about 5 MB at most.
  static let entriesMax = 65_536

  /// One HMAC-SHA256, in a form that costs no allocation.
  struct Key: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// Takes 32 bytes.
    init(_ digest: [UInt8]) {
      var words = SIMD4<UInt64>()
      for (index, byte) in digest.prefix(32).enumerated() {
        words[index / 8] = words[index / 8] << 8 | UInt64(byte)
      }
      self.words = words
    }
  }

  private struct State {
    var known: Set<Key> = []
    /// The keys in the order in which they came, as a ring once it is full.
    var order: [Key] = []
    var next = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int = entriesMax) {
    self.capacity = max(1, capacity)
  }

  func contains(_ key: Key) -> Bool {
    state.withLock { $0.known.contains(key) }
  }

  func insert(_ key: Key) {
    state.withLock { state in
      guard state.known.insert(key).inserted else { return }
      if state.order.count < capacity {
        state.order.append(key)
      } else {
        state.known.remove(state.order[state.next])
        state.order[state.next] = key
        state.next = (state.next + 1) % capacity
      }
    }
  }
}
