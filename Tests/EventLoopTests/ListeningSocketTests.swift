import EventLoop
import Glibc
import Testing

@Suite struct ListeningSocketTests {
  let loopback: SocketAddress

  init() throws { loopback = try #require(SocketAddress(host: "127.0.0.1", port: 0)) }

  @Test func `port 0 becomes a real port that takes connections`() throws {
    let socket = try ListeningSocket(address: loopback)
    #expect(socket.address.port != 0)
    let client = try Client(port: socket.address.port)
    let loop = try EventLoop()
    let probe = Probe(loop: loop, descriptor: socket.descriptor)
    probe.startReading()
    #expect(loop.runOnce(waiting: true))
    probe.detach()
    guard case .connection(let descriptor, let peer) = socket.accept() else {
      Issue.record("no connection")
      return
    }
    #expect(peer.host == "127.0.0.1")
    #expect(peer.port != 0)
    #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
    #expect(socket.accept() == .nothingWaiting)
    close(descriptor)
    withExtendedLifetime(client) {}
  }

  @Test func `a port in use is an error that names it`() throws {
    let first = try ListeningSocket(address: loopback)
    let error = #expect(throws: EventLoopError.self) { try ListeningSocket(address: first.address) }
    #expect(error?.message.contains("127.0.0.1:\(first.address.port)") == true)
    #expect(error?.message.contains("another program") == true)
  }

  @Test func `a group shares one port among itself and with nobody else`() throws {
    let group = try ListeningSocket.group(address: loopback, count: 3)
    #expect(group.count == 3)
    #expect(Set(group.map(\.address)).count == 1)
    #expect(group[0].address.port != 0)
    #expect(throws: EventLoopError.self) { try ListeningSocket.group(address: group[0].address, count: 2) }
  }

  @Test func `an address that is not of this machine is refused in plain words`() throws {
    let elsewhere = try #require(SocketAddress(host: "192.0.2.1", port: 0))
    let error = #expect(throws: EventLoopError.self) { try ListeningSocket(address: elsewhere) }
    #expect(error?.message.contains("no such address") == true)
  }

  @Test func `the port is free again when the socket is released`() throws {
    var socket: ListeningSocket? = try ListeningSocket(address: loopback)
    let address = try #require(socket?.address)
    socket = nil
    _ = try ListeningSocket(address: address)
  }
}
