import BrokerCore
import Glibc
import Testing

@testable import Transport

extension TransportTests {
  /// What takes too long, and what is too many.
  @Suite struct Deadlines {
    private func limits() -> Limits {
      var limits = Limits()
      limits.connectTimeoutSeconds = 1
      limits.handshakeTimeoutSeconds = 1
      return limits
    }

    @Test
    func `a client that says nothing, or half a CONNECT, is closed in time`() throws {
      let broker = try TestBroker(limits())
      let silent = try broker.client()
      let half = try broker.client()
      try half.send(Array(Packet.connect("half").bytes.prefix(9)))
      let good = try broker.client()
      try good.connect("good")
      #expect(try silent.rest() == [])
      #expect(try half.rest() == [])
      try good.ping()
      #expect((broker.sum { $0.timeouts.now }) == 2)
      let told = broker.log.lines.filter { $0.contains("no CONNECT was accepted within 1 s") }
      #expect(told.count == 2 && told.allSatisfy { $0.contains("127.0.0.1:") }, "\(broker.log.lines)")
    }

    @Test
    func `a TLS client that says nothing, half a ClientHello or one byte at a time is closed in time`() throws {
      let broker = try TestBroker(tls: TLSRelay.makeContext(), listenerLimits: limits())
      let silent = try broker.client()
      let half = try broker.client()
      try half.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
      let drip = try broker.client()
      for byte: UInt8 in [0x16, 0x03, 0x01, 0x02] { try drip.send([byte]) }
      for client in [silent, half, drip] { #expect(try client.rest() == []) }
      try wait("all are gone") { (broker.sum { $0.connectionsOpen.now }) == 0 }
    }

    @Test
    func `a handshake that takes too long is told, but not of one that says nothing`() throws {
      var limits = limits()
      limits.connectTimeoutSeconds = 60
      let broker = try TestBroker(limits, tls: TLSRelay.makeContext())
      let silent = try broker.client()
      let half = try broker.client()
      try half.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
      for client in [silent, half] { #expect(try client.rest() == []) }
      let told = broker.log.lines.filter { $0.contains("TLS handshake not completed") }
      #expect(told.count == 1 && told[0].contains("not complete within 1 s") && told[0].contains("127.0.0.1:"))
      #expect((broker.sum { $0.timeouts.now }, broker.sum { $0.handshakesFailed.now }) == (2, 1))
    }

    @Test(arguments: [false, true])
    func `a client that leaves within the handshake is told`(isReset: Bool) throws {
      let broker = try TestBroker(tls: TLSRelay.makeContext())
      // So does whatever looks whether the port is open.
      try broker.client().close()
      let client = try broker.client()
      try client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
      try wait("the handshake has begun") { (broker.sum { $0.bytesReceived.now }) > 0 }
      if isReset { client.reset() } else { client.close() }
      try wait("both are closed") { (broker.sum { $0.connectionsOpen.now }) == 0 }
      let told = broker.log.lines.filter { $0.contains("TLS handshake not completed") }
      #expect(told.count == 1 && told[0].contains(isReset ? "reset" : "closed the connection"), "\(broker.log.lines)")
      #expect((broker.sum { $0.handshakesFailed.now }) == 1)
    }

    @Test
    func `one who speaks plain MQTT to a TLS listener is refused at once`() throws {
      let broker = try TestBroker(tls: TLSRelay.makeContext())
      let client = try broker.client()
      try client.send(.connect("plain"))
      // An alert: fatal, protocol version or unexpected message.
      try client.read(withinMilliseconds: 5000)
      try wait("it is counted") { (broker.sum { $0.handshakesFailed.now }) == 1 }
      #expect(broker.log.lines.contains { $0.contains("MQTT without TLS, and this listener has TLS alone") })
      try wait("it is closed") { (broker.sum { $0.connectionsOpen.now }) == 0 }
    }

    @Test
    func `keep alive ends who is silent, and no one else`() throws {
      let broker = try TestBroker(shards: 2)
      let silent = try broker.client()
      try silent.connect("silent", keepAlive: 1, isV5: true)
      let busy = try broker.client()
      try busy.connect("busy", keepAlive: 1)
      let start = ContinuousClock.now
      while try silent.read(withinMilliseconds: 200) == nil { try busy.ping() }
      #expect(ContinuousClock.now - start > .milliseconds(1400))
      #expect(try silent.rest().first?.body.first == 0x8D)
      try busy.ping()
    }

    @Test(arguments: [true, false])
    func `above the limit of connections the listener waits, without spinning, and goes on later`(
      isListeners: Bool
    ) throws {
      var limits = Limits()
      limits.connectionsMax = 3
      let broker = try TestBroker(shards: 1, isListeners ? Limits() : limits, listenerLimits: limits)
      var clients = try (0..<3).map { number in
        let client = try broker.client()
        try client.connect("limit-\(number)")
        return client
      }
      // One is accepted to find out, and closed; the others wait to be accepted.
      let tooMany = try (0..<5).map { _ in try broker.client() }
      func pauses() -> Int { broker.log.lines.count { $0.contains("as many connections are open as are allowed") } }
      try wait("the listener pauses") { pauses() > 0 }
      // A listener that is still watched would try, and say so, in each of these rounds; one that waits tries once a
      // second.
      for _ in 0..<200 { try clients[0].ping() }
      #expect(pauses() < 100)
      clients.removeFirst().close()
      tooMany.forEach { $0.close() }
      try wait("a new client is let in") {
        let client = try broker.client()
        try client.send(.connect("late"))
        return try client.next(within: 8) != nil
      }
    }
  }
}
