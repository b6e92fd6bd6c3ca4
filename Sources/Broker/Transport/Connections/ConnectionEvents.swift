import EventLoop

/// A connection's readiness events: what the loop calls goes to the connection.
final class ConnectionEvents: SocketEvents {
  unowned(unsafe) let connection: Connection

  init(_ connection: Connection, loop: EventLoop, descriptor: Int32) {
    self.connection = connection
    super.init(loop: loop, descriptor: descriptor)
  }

  override func readable() { connection.readable() }
  override func writable() { connection.writable() }
}
