import Synchronization

/// The retained messages of the broker: the last one of each topic (MQTT 5.0 section 3.3.1.3), in memory.
///
/// Shared by all shards, under one lock; no other lock is taken while it is held.
public final class RetainedStore: Sendable {
  private struct State {
    var tree = TopicTree<Message>()
    var count = 0
    var byteCount = 0
    var purgedAtMilliseconds: Int64?
  }

  /// A full store is searched for expired messages at most so often: each time takes a walk over all of it.
  private static let purgeIntervalMilliseconds: Int64 = 60_000

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

  /// Keeps a message as its topic's last one, or with an empty payload removes what is there. Returns false, and keeps
  /// what was there, when there is no room even without the messages that have expired.
  public func store(_ message: Message, nowMilliseconds: Int64) -> Bool {
    state.withLock { state in
      if keep(message, &state) { return true }
      if let last = state.purgedAtMilliseconds, nowMilliseconds - last < Self.purgeIntervalMilliseconds { return false }
      state.purgedAtMilliseconds = nowMilliseconds
      removeExpired(&state, nowMilliseconds)
      return keep(message, &state)
    }
  }

  private func keep(_ message: Message, _ state: inout State) -> Bool {
    let topic = Array(message.topic)
    let old = state.tree.remove(key: 0, at: topic)
    let oldBytes = old.map { $0.bytes.count } ?? 0
    if message.payload.isEmpty {
      if old != nil { state.count -= 1 }
      state.byteCount -= oldBytes
      return true
    }
    let hasRoom =
      (old != nil || state.count < messagesMax) && state.byteCount - oldBytes + message.bytes.count <= bytesMax
    guard hasRoom else {
      if let old { _ = state.tree.insert(old, key: 0, at: topic) }
      return false
    }
    _ = state.tree.insert(message, key: 0, at: topic)
    if old == nil { state.count += 1 }
    state.byteCount += message.bytes.count - oldBytes
    return true
  }

  private func removeExpired(_ state: inout State, _ nowMilliseconds: Int64) {
    var expired: [Message] = []
    state.tree.forEach { message in
      if let expiry = message.expiresAtMilliseconds, expiry <= nowMilliseconds { expired.append(message) }
    }
    for message in expired where state.tree.remove(key: 0, at: Array(message.topic)) != nil {
      state.count -= 1
      state.byteCount -= message.bytes.count
    }
  }

  /// The messages whose topics a filter matches, but not those that expired by now; and how many steps it took to find
  /// them.
  func messages(matching filter: [UInt8], nowMilliseconds: Int64) -> (found: [Message], steps: Int) {
    state.withLock { state in
      var found: [Message] = []
      let steps = state.tree.forEach(matchedBy: filter) { message in
        if message.expiresAtMilliseconds.map({ $0 > nowMilliseconds }) ?? true { found.append(message) }
        return true
      }
      return (found, steps)
    }
  }
}
