import EventLoop
import Synchronization
import TLS

/// What other threads may touch of a running server.
final class HTTPServerControl: Sendable {
  private let stopping = Atomic<Bool>(false)
  private let wakeUp: WakeUp

  private let context: Mutex<TLSContext?>

  init(loop: EventLoop, tls: TLSContext?) throws(EventLoopError) {
    context = Mutex(tls)
    wakeUp = try WakeUp(loop: loop) {}
  }

  /// What new connections use; nil: no TLS.
  var tls: TLSContext? { context.withLock { $0 } }

  func replace(tls: TLSContext) { context.withLock { $0 = tls } }

  /// Set once, never taken back.
  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wakeUp.signal()
  }
}
