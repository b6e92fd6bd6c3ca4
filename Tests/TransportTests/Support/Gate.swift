import Glibc
import Synchronization

/// Holds threads until it is opened.
final class Gate: Sendable {
  private let state = Mutex((isReached: false, isOpen: false))

  /// Somebody stands in front of it, or went through.
  var isReached: Bool { state.withLock { $0.isReached } }

  func open() { state.withLock { $0.isOpen = true } }

  /// Waits until it is open; at most ten seconds, so that a test that fails ends.
  func pass() {
    state.withLock { $0.isReached = true }
    for _ in 0..<10_000 {
      if state.withLock({ $0.isOpen }) { return }
      usleep(1000)
    }
  }
}
