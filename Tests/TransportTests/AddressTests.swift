import BrokerCore
import EventLoop
import Security
import Testing

@testable import Transport

extension TransportTests {
  /// How many connections one client address may have, and how many may have said nothing yet.
  @Suite struct Addresses {
    private func limits(_ perAddress: Int) -> Limits {
      var limits = Limits()
      limits.connectionsPerAddressMax = perAddress
      return limits
    }

    private func address(_ text: String) throws -> SocketAddress { try #require(SocketAddress(host: text, port: 1)) }

    @Test(arguments: [1, 3])
    func `an address has as many connections as its listener allows, on all shards together`(shards: Int) throws {
      let broker = try TestBroker(shards: shards, listenerLimits: limits(2))
      var clients = try (0..<2).map { number in
        let client = try broker.client()
        try client.connect("c\(number)")
        return client
      }
      #expect(try broker.client().rest() == [])
      #expect(try broker.client().rest() == [])
      #expect((broker.sum { $0.connectionsRefusedForAddress.now }) == 2)
      #expect((broker.sum { $0.connections.now }) == 2)
      #expect(broker.log.lines.contains { $0.contains("connections_per_address_max=2") && $0.contains("127.0.0.1:") })
      for client in clients { try client.ping() }
      clients.removeFirst().close()
      try wait("another is let in") {
        let client = try broker.client()
        try client.send(.connect("late"))
        return try client.next() != nil
      }
      clients.removeAll()
      try wait("nothing is counted any more") { broker.settings.addresses.addressCount == 0 }
    }

    @Test func `behind a proxy the client's address counts, and not the proxy's`() throws {
      let broker = try TestBroker(
        listenerLimits: limits(1), proxyNetworks: try NetworkList(["127.0.0.0/8"]))
      func client(_ address: String) throws -> SocketClient {
        let client = try broker.client()
        try client.send(Array("PROXY TCP4 \(address) 192.0.2.1 50123 1883\r\n".utf8) + Packet.connect(address).bytes)
        return client
      }
      let one = try client("192.0.2.7")
      try one.expectConnack()
      let other = try client("192.0.2.8")
      try other.expectConnack()
      #expect(try client("192.0.2.7").rest() == [])
      #expect((broker.sum { $0.connectionsRefusedForAddress.now }) == 1)
      try other.ping()
      one.close()
      try wait("its place is free") { broker.settings.addresses.addressCount == 1 }
      try client("192.0.2.7").expectConnack()
    }

    @Test func `an address that may have as many as there can be is not counted`() throws {
      let broker = try TestBroker()
      let client = try broker.client()
      try client.connect("c")
      #expect(broker.settings.addresses.addressCount == 0)
    }

    @Test func `IPv6 addresses count by their network, and IPv4 ones by themselves however they are written`() throws {
      let count = AddressCount()
      func take(_ text: String) throws -> Bool { count.take(try address(text), max: 2) }
      for text in ["2001:db8::1", "2001:db8::f:2", "192.0.2.1", "::ffff:192.0.2.1"] { #expect(try take(text)) }
      for text in ["2001:db8:0:0:ffff::3", "192.0.2.1", "::ffff:192.0.2.1"] { #expect(try !take(text)) }
      for text in ["2001:db8:0:1::1", "::ffff:192.0.2.2"] { #expect(try take(text)) }
      #expect(count.addressCount == 4)
      count.give(try address("2001:db8::abcd"))
      #expect(try take("2001:db8::1"))
      for _ in 0..<3 { count.give(try address("192.0.2.1")) }
      #expect(count.addressCount == 3)
    }

    @Test func `while too many say nothing, those who come wait, and those who are connected are served`() throws {
      var limits = Limits()
      limits.pendingConnectionsMax = 3
      let broker = try TestBroker(limits)
      let clients = try (0..<5).map { number in
        let client = try broker.client()
        try client.connect("c\(number)")
        return client
      }
      var silent = try (0..<3).map { _ in try broker.client() }
      try wait("they are accepted") { broker.sum { $0.connections.now } == 8 }
      let late = try broker.client()
      try late.send(.connect("late"))
      try wait("the listener waits") { broker.log.lines.contains { $0.contains("not accepting connections until") } }
      for client in clients { try client.ping() }
      #expect((broker.sum { $0.connections.now }) == 8)
      silent.removeFirst().close()
      try late.expectConnack()
      // Connected ones give their place to others too.
      for number in 0..<5 { try broker.client().connect("more-\(number)") }
    }
  }
}
