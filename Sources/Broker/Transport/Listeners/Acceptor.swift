import BrokerCore
import EventLoop
import Glibc

/// Accepts connections of one listener on one shard. Confined to the shard's thread.
final class Acceptor: SocketEvents {
  /// Connections taken in one go, so that a burst of connects doesn't keep those who are connected waiting.
  private static let acceptsPerRound = 64
  private unowned(unsafe) let shard: Shard
  private let settings: ListenerSettings
  private let socket: ListeningSocket
  private var isPaused = false
  /// Waits until fewer connections are pending.
  private var isWaiting = false

  init(_ socket: ListeningSocket, _ settings: ListenerSettings, shard: Shard) {
    self.settings = settings
    self.socket = socket
    self.shard = shard
    super.init(loop: shard.loop, descriptor: socket.descriptor)
    startReading()
  }

  override final func readable() {
    shard.enter()
    for _ in 0..<Self.acceptsPerRound {
      guard !shard.group.isFullOfPending else { return wait() }
      switch socket.accept() {
      case .nothingWaiting: return
      case .aborted: continue
      case .exhausted: return pause("the system has no descriptors or memory left for more")
      case .connection(let descriptor, let peer):
        if let proxies = settings.proxyNetworks, !proxies.contains(peer) {
          refuseStranger(descriptor, peer)
          continue
        }
        let connection = Connection(descriptor, peer, settings, shard: shard)
        guard shard.group.takeConnection(settings) else {
          connection.release()
          return pause("as many connections are open as are allowed")
        }
        guard settings.proxyNetworks != nil || connection.takeAddress() else {
          connection.release()
          shard.group.giveConnection(settings)
          continue
        }
        shard.opened(connection)
      }
    }
  }

  /// Only proxies connect here: whoever else does could claim any address.
  private func refuseStranger(_ descriptor: Int32, _ peer: SocketAddress) {
    shard.core.state.log.log(
      .info, "connection refused",
      [
        ("listener", settings.name), ("peer", peer.description),
        ("reason", "its address is in none of the networks whose PROXY headers are believed"),
      ])
    close(descriptor)
  }

  /// Out of descriptors or connections: the ready socket would spin the loop, so it waits for the next tick.
  private func pause(_ why: String) {
    stopReading()
    isPaused = true
    shard.core.state.log.log(
      .warning, "not accepting connections for a second", [("listener", settings.name), ("reason", why)])
  }

  /// Too many have not said yet who they are. Those who come now wait where the system keeps them.
  private func wait() {
    stopReading()
    isWaiting = true
    shard.awaitsPending = true
    shard.core.state.log.log(
      .warning, "not accepting connections until others are through with CONNECT",
      [("listener", settings.name), ("pending_connections_max", "\(shard.core.limits.pendingConnectionsMax)")])
  }

  /// A second has passed since it was paused.
  func resume() {
    guard isPaused else { return }
    isPaused = false
    if !isWaiting { startReading() }
  }

  /// Fewer connections are pending.
  func goOn() {
    guard isWaiting else { return }
    isWaiting = false
    if !isPaused { startReading() }
  }
}
