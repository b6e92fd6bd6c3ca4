import Configuration
import Testing

@Suite struct BindAddressTests {
  static let addresses: [(text: String, host: String, port: Int, isLoopback: Bool)] = [
    ("127.0.0.1:8883", "127.0.0.1", 8_883, true), ("127.255.0.9:1", "127.255.0.9", 1, true),
    ("0.0.0.0:0", "0.0.0.0", 0, false), ("10.0.0.1:65535", "10.0.0.1", 65_535, false),
    ("[::1]:1883", "::1", 1_883, true),
    ("[0:0:0:0:0:0:0:1]:1", "0:0:0:0:0:0:0:1", 1, true), ("[::]:1", "::", 1, false),
    ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, true), ("[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1, false),
    ("[::2]:1", "::2", 1, false),
  ]

  @Test(arguments: addresses) func `an address knows its port and whether others can reach it`(
    text: String, host: String, port: Int, isLoopback: Bool
  ) throws {
    let address = try #require(BindAddress(text))
    #expect(address.host == host && address.port == port && address.isLoopback == isLoopback)
    #expect(address.description == text)
    #expect(address.isIPv6 == text.hasPrefix("["))
  }

  @Test(arguments: [
    "", ":", "1", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:65536",
    "127.0.0.1:000001",
    "127.1:1", "256.0.0.1:1", "localhost:1", "::1:1", "[::1]", "[::1:1", "::1]:1", "[]:1", "[:1", "[fe80::1%lo]:1",
    "[127.0.0.1]:1", "127.0.0.1 :1", "127.0.0.1:1 ", "127.0.0.1\0:1", "127.0.0.1:１",
  ]) func `what is not an IP address with a port is refused`(text: String) {
    #expect(BindAddress(text) == nil)
  }
}
