import EventLoop
import Synchronization

/// What other threads have for a shard. Any thread posts; the shard takes all of it at once.
///
/// The lock is held for an append or a swap, never while another is taken. The loop is woken only when the box goes
/// from empty to not empty.
final class Mailbox: Sendable {
  private let items = Mutex<[ShardItem]>([])
  private let wakeUp = Mutex<WakeUp?>(nil)

  /// Sets who is woken; before the first post.
  func connect(_ wakeUp: WakeUp) { self.wakeUp.withLock { $0 = wakeUp } }

  func post(_ item: ShardItem) {
    let wasEmpty = items.withLock { items in
      items.append(item)
      return items.count == 1
    }
    if wasEmpty { wakeUp.withLock { $0 }?.signal() }
  }

  func takeAll() -> [ShardItem] {
    items.withLock { items in
      let all = items
      items = []
      return all
    }
  }
}
