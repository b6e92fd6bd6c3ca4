import EventLoop
import Synchronization

/// What other threads have for a shard. Any thread posts; the shard takes all of it at once.
///
/// The lock is held for an append or a swap, never while another is taken. The loop is woken only when the box goes
/// from empty to not empty.
final class Mailbox: Sendable {
  private struct State {
    var items: [ShardItem] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Bytes of other shards' deliveries that were posted and are not handled yet.
  private let deliveryBytes = Atomic<Int>(0)
  /// Somebody was told that there is no room.
  private let isWaitedFor = Atomic<Bool>(false)
  private let wakeUp = Mutex<WakeUp?>(nil)

  /// Sets who is woken; before the first post.
  func connect(_ wakeUp: WakeUp) { self.wakeUp.withLock { $0 = wakeUp } }

  /// Adds an item, and counts the bytes of another shard's deliveries in it.
  func post(_ item: ShardItem, deliveryBytes bytes: Int = 0) {
    let wasEmpty = state.withLock { state in
      if state.isClosed { return false }
      if bytes > 0 { deliveryBytes.wrappingAdd(bytes, ordering: .sequentiallyConsistent) }
      state.items.append(item)
      return state.items.count == 1
    }
    if wasEmpty { wakeUp.withLock { $0 }?.signal() }
  }

  /// Whether fewer bytes of deliveries wait than that. Who gets a no is told by ``ShardItem/caughtUp`` when it is over.
  @inline(__always)
  func hasRoom(deliveryBytesMax: Int) -> Bool {
    if deliveryBytes.load(ordering: .relaxed) < deliveryBytesMax { return true }
    isWaitedFor.store(true, ordering: .sequentiallyConsistent)
    // It may have caught up before it could see that somebody waits.
    return deliveryBytes.load(ordering: .sequentiallyConsistent) < deliveryBytesMax
  }

  /// The shard has handled so many bytes of deliveries. True when it has caught up and somebody waits for that.
  func isCaughtUp(with handledBytes: Int) -> Bool {
    if handledBytes > 0 { deliveryBytes.wrappingSubtract(handledBytes, ordering: .sequentiallyConsistent) }
    return isWaitedFor.exchange(false, ordering: .sequentiallyConsistent)
  }

  func takeAll() -> [ShardItem] {
    state.withLock { state in
      let all = state.items
      state.items = []
      return all
    }
  }

  /// Nobody takes any more: what is posted from now on is dropped. Returns what nobody took.
  func close() -> [ShardItem] {
    wakeUp.withLock { $0 = nil }
    return state.withLock { state in
      state.isClosed = true
      let all = state.items
      state.items = []
      return all
    }
  }
}
