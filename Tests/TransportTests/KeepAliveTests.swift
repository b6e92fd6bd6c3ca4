import BrokerCore
import EventLoop
import Glibc
import Testing

@testable import Transport

extension TransportTests {
  /// TCP finds peers that have vanished.
  @Suite struct KeepAlive {
    @Test(arguments: [false, true])
    func `every accepted connection asks a silent peer for a sign of life`(isWebSocket: Bool) throws {
      let broker = try TestBroker(webSocket: isWebSocket ? WebSocketSettings() : nil)
      let client = try broker.client()
      try wait("the connection is accepted") { broker.sum { $0.connections.now } == 1 }
      let descriptor = try #require(accepted(client), "no descriptor whose peer is the client")
      let tcp = Int32(IPPROTO_TCP)
      #expect(option(SOL_SOCKET, SO_KEEPALIVE, descriptor) == 1)
      #expect(option(tcp, TCP_KEEPIDLE, descriptor) == 120)
      #expect(option(tcp, TCP_KEEPINTVL, descriptor) == 20)
      #expect(option(tcp, TCP_KEEPCNT, descriptor) == 3)
      #expect(option(tcp, TCP_USER_TIMEOUT, descriptor) == 180_000)
    }

    @Test
    func `times that the system can't keep are told, and so is what is no socket`() {
      let times = TCPKeepAlive(idleSeconds: 0, intervalSeconds: 1, probes: 1, unacknowledgedSeconds: 1)
      let unconnected = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(unconnected) }
      #expect(
        !times.apply(to: unconnected) && !Connection.keepAlive.apply(to: -1)
          && Connection.keepAlive.apply(to: unconnected))
    }

    /// This process's other end of a client's connection.
    private func accepted(_ client: SocketClient) -> Int32? {
      guard let port = port(client.descriptor, getsockname) else { return nil }
      return (3..<4096).first { $0 != client.descriptor && self.port($0, getpeername) == port }
    }

    private func port(
      _ descriptor: Int32,
      _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &length) }
      }
      return result == 0 && address.sin_family == AF_INET ? address.sin_port : nil
    }

    private func option(_ level: Int32, _ name: Int32, _ descriptor: Int32) -> Int32? {
      var value: Int32 = -1
      var length = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }
  }
}
