import EventLoop

/// A connection's readiness events: what the loop calls goes to the connection.
final class ConnectionEvents: SocketEvents {
  // Strong, so that a connection that ends in its own callback lives until the loop lets go of its events.
  private let connection: Connection

  init(_ connection: Connection, loop: EventLoop, descriptor: Int32) {
    self.connection = connection
    super.init(loop: loop, descriptor: descriptor)
  }

  override final func readable() { connection.readable() }
  override final func writable() { connection.writable() }
}
