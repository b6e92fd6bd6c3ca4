import EventLoop
import Testing

@Suite struct SocketAddressTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:1883", true), ("0.0.0.0", "0.0.0.0:1883", false), ("192.0.2.7", "192.0.2.7:1883", false),
    ("::1", "[::1]:1883", true), ("::", "[::]:1883", false), ("2001:DB8::0:1", "[2001:db8::1]:1883", false),
    ("::ffff:127.0.0.1", "[::ffff:127.0.0.1]:1883", true), ("::ffff:192.0.2.1", "[::ffff:192.0.2.1]:1883", false),
  ])
  func `numeric addresses are read and written`(host: String, text: String, isLoopback: Bool) throws {
    let address = try #require(SocketAddress(host: host, port: 1883))
    #expect(address.description == text)
    #expect(address.isLoopback == isLoopback)
    #expect(SocketAddress(host: address.host, port: 1883) == address)
    #expect(address.with(port: 5).port == 5)
  }

  @Test(arguments: [
    "", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", " 127.0.0.1", "127.0.0.1\0x", "::g", "fe80::1%", "%",
    "::1%no-such-interface",
  ])
  func `anything else is refused`(host: String) {
    #expect(SocketAddress(host: host, port: 1) == nil)
  }
}
