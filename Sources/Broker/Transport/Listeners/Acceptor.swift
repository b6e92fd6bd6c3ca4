import BrokerCore
import EventLoop
import Glibc

/// Accepts connections of one listener on one shard. Confined to the shard's thread.
final class Acceptor: SocketEvents {
  /// Connections taken in one go, so that a burst of connects doesn't keep those who are connected waiting.
  private static let acceptsPerRound = 64
  private unowned(unsafe) let shardRef: Shard
  let settings: ListenerSettings
  private let socket: Int32
  private var isPaused = false

  init(_ listening: ListeningSocket, _ settings: ListenerSettings, shard: Shard) {
    self.settings = settings
    socket = listening.descriptor
    shardRef = shard
    super.init(loop: shard.loop, descriptor: listening.descriptor)
    startReading()
  }

  override func readable() {
    shardRef.enter()
    for _ in 0..<Self.acceptsPerRound {
      let descriptor = SystemCalls.accept(socket)
      guard descriptor >= 0 else {
        switch errno {
        case EAGAIN, EINTR, ECONNABORTED: return
        default: return pause(String(cString: strerror(errno)))
        }
      }
      guard shardRef.group.takeConnection(settings) else {
        Glibc.close(descriptor)
        return pause("as many connections are open as are allowed")
      }
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      shardRef.opened(Connection(descriptor, settings, shard: shardRef))
    }
  }

  /// Out of descriptors or connections: the ready socket would spin the loop, so it waits for the next tick.
  private func pause(_ why: String) {
    stopReading()
    isPaused = true
    shardRef.core.state.log.log(.warning, "not accepting connections for a second", [("listener", settings.name), ("reason", why)])
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    startReading()
  }

  func close() {
    detach()
    Glibc.close(socket)
  }
}
