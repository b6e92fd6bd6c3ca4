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
  private let wakeUp = Mutex<WakeUp?>(nil)

  /// Sets who is woken; before the first post.
  func connect(_ wakeUp: WakeUp) { self.wakeUp.withLock { $0 = wakeUp } }

  func post(_ item: ShardItem) {
    let wasEmpty = state.withLock { state in
      if state.isClosed { return false }
      state.items.append(item)
      return state.items.count == 1
    }
    if wasEmpty { wakeUp.withLock { $0 }?.signal() }
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
