import Synchronization

/// The retained messages of the broker: the last one of each topic (MQTT 5.0 section 3.3.1.3), in memory.
///
/// Shared by all shards, under one lock; no other lock is taken while it is held, and no call holds it for more than
/// some hundred topics' work.
public final class RetainedStore: Sendable {
  private struct State {
    var tree = RetainedTree()
    var count = 0
    var byteCount = 0
  }

  /// Expired messages that make room under the lock at once.
  private static let expiredMax = 256

  private let state = Mutex(State())
  private let messagesMax: Int
  private let bytesMax: Int

  /// An empty store with the limits' bounds.
  public init(limits: Limits) {
    messagesMax = limits.retainedMessagesMax
    bytesMax = limits.retainedBytesMax
  }

  /// Messages and bytes held now.
  public var size: (messages: Int, bytes: Int) { state.withLock { ($0.count, $0.byteCount) } }

  /// The number of the last change: what a walk that begins now may see.
  var lastNumber: UInt64 { state.withLock { $0.tree.lastNumber } }

  /// Keeps a message as its topic's last one, or with an empty payload removes what is there. Returns false, and keeps
  /// what was there, when there is no room even without the messages that have expired.
  public func store(_ message: Message, nowMilliseconds: Int64) -> Bool {
    while true {
      let isKept: Bool? = state.withLock { state in
        // One for one, so that what has expired is gone before it is missed.
        _ = removeExpired(&state, nowMilliseconds, max: 2)
        if keep(message, &state) { return true }
        let removed = removeExpired(&state, nowMilliseconds, max: Self.expiredMax)
        if keep(message, &state) { return true }
        return removed < Self.expiredMax ? false : nil
      }
      if let isKept { return isKept }
    }
  }

  private func keep(_ message: Message, _ state: inout State) -> Bool {
    let old = state.tree.message(at: message.topic)
    let oldBytes = old.map { $0.bytes.count } ?? 0
    if message.payload.isEmpty {
      guard old != nil else { return true }
      state.tree.remove(at: message.topic)
      state.count -= 1
      state.byteCount -= oldBytes
      return true
    }
    guard (old != nil || state.count < messagesMax) && state.byteCount - oldBytes + message.bytes.count <= bytesMax
    else { return false }
    state.tree.insert(message)
    if old == nil { state.count += 1 }
    state.byteCount += message.bytes.count - oldBytes
    return true
  }

  /// Removes the messages that expired first, and returns how many.
  private func removeExpired(_ state: inout State, _ nowMilliseconds: Int64, max: Int) -> Int {
    var removed = 0
    while removed < max, let message = state.tree.removeExpired(nowMilliseconds: nowMilliseconds) {
      state.count -= 1
      state.byteCount -= message.bytes.count
      removed += 1
    }
    return removed
  }

  /// The next messages of a walk, but not those that have expired, and how many steps it took to find them: at most
  /// `messagesMax`, at least 1, and no more once they have `bytesMax` bytes.
  ///
  /// - Parameter includesChanged: See ``RetainedTree/walk(_:stepsMax:includesChanged:_:)``.
  func next(
    _ cursor: inout RetainedCursor, messagesMax: Int, bytesMax: Int, stepsMax: Int, includesChanged: Bool,
    nowMilliseconds: Int64
  ) -> (found: [Message], steps: Int) {
    state.withLock { state in
      var found: [Message] = []
      var byteCount = 0
      let steps = state.tree.walk(&cursor, stepsMax: stepsMax, includesChanged: includesChanged) { message in
        if message.expiresAtMilliseconds.map({ $0 <= nowMilliseconds }) ?? false { return true }
        found.append(message)
        byteCount += message.bytes.count
        return found.count < messagesMax && byteCount < bytesMax
      }
      return (found, steps)
    }
  }
}
