import EventLoop
import Synchronization

/// What other threads may touch of a running server.
final class HTTPServerControl: Sendable {
  private let stopping = Atomic<Bool>(false)
  private let wakeUp: WakeUp

  init(loop: EventLoop) throws(EventLoopError) { wakeUp = try WakeUp(loop: loop) {} }

  /// Set once, never taken back.
  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }
}
