import BrokerCore
import MQTTCodec
import Testing

struct HostileInputTests {
  private let broker = TestBroker()

  /// The broker still serves others.
  private func expectService() {
    let subscriber = broker.connect("service-s")
    subscriber.subscribe("service", options: 1)
    broker.connect("service-p").publish("service", "ok", qos: 1, id: 1)
    #expect(subscriber.takeDeliveries().map(\.payload) == ["ok"])
  }

  @Test(arguments: [
    "100d00044d5154540406003c000170", "101a00044d5154540506003c0000016305110000000300017400016d", "1080808080 01",
    "10ffffff7f",
    "100c00044d51545404c2003c0000", "100e00044d5154540402003c000570", "101000044d5154540402003c00017000000000",
  ])
  func `a CONNECT that is not well-formed is refused any number of times`(bytes: String) {
    for _ in 0..<1000 {
      let client = broker.open()
      client.send(hex(bytes))
      client.lose()
      #expect(client.isClosed)
    }
    #expect(broker.sum(\.openConnections) == 0 && broker.state.registry.count == 0)
    expectService()
  }

  @Test(arguments: [
    "820700010003612f62", "3003000078", "36030001 61", "f003190000", "00", "c001 00", "620200 00", "820200 01",
    "a20200 01",
  ])
  func `a packet that is not well-formed closes its own connection only`(bytes: String) {
    let other = broker.connect("other")
    let client = broker.connect("c", .v3_1_1)
    client.send(hex(bytes))
    #expect(client.isClosed)
    other.ping()
    #expect(other.take() == [.pingresp])
    expectService()
  }

  @Test(arguments: [[0], [0x61, 0], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xE2, 0x82]] as [[UInt8]])
  func `ill-formed text is never passed on`(bytes: [UInt8]) {
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    let attempts: [[UInt8]] = [
      packet(0x30, field(bytes), [0], [120]), packet(0x82, two(1), [0], field(bytes), [0]),
      packet(0x30, text("t"), properties([0x26] + field(bytes) + text("v")), [120]),
      packet(0x30, text("t"), properties([0x08] + field(bytes)), [120]),
    ]
    for attempt in attempts {
      let client = broker.connect("c")
      client.send(attempt)
      #expect(client.isClosed)
    }
    #expect(watcher.take() == [])
  }

  @Test func `a topic or filter of 65,500 slashes is refused by its depth`() {
    let deep = String(repeating: "/", count: 65_500)
    let client = broker.connect("c")
    #expect(client.subscribe(deep) == 0x8F)
    client.unsubscribe(deep)
    #expect(client.take() == [.unsuback(2, [0x11])])
    client.publish(deep)
    #expect(client.take() == [.disconnect(.topicNameInvalid)])
    expectService()
  }

  @Test func `a SUBSCRIBE with 10,000 filters is refused, and churn of filters leaves nothing`() {
    let client = broker.connect("c")
    client.send(packet(0x82, two(1), [0], (0..<10_000).flatMap { text("f/\($0)") + [0] }))
    #expect(client.take() == [.disconnect(.quotaExceeded)])
    let many = broker.connect("many")
    many.send(packet(0x82, two(1), [0], (0..<4000).flatMap { text("f/\($0)") + [0] }))
    guard case .suback(1, let codes)? = many.take().first else {
      Issue.record("no SUBACK")
      return
    }
    #expect(codes == (0..<4000).map { $0 < 1000 ? 0 : 0x97 })
    for n in 0..<3000 {
      many.unsubscribe("f/\(n % 1000)")
      many.subscribe("f/\(n % 1000)")
    }
    #expect(broker.sum(\.openSubscriptions) == 1000)
    many.lose()
    #expect(broker.sum(\.openSubscriptions) == 0)
    expectService()
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `QoS 2 with every packet identifier and no release is bounded, across reconnects too`(version: ProtocolVersion) {
    for _ in 0..<3 {
      let client = broker.connect(.durable("c", version))
      for start in stride(from: 1, to: 65_535, by: 5000) {
        client.send(
          (start..<min(start + 5000, 65_536)).flatMap {
            packet(0x34, text("t"), two($0), version == .v5 ? [0] : [], [120])
          })
      }
      // A 3.x client has no Receive Maximum: its packet identifiers are the bound.
      #expect(client.isClosed == (version == .v5))
      client.lose()
    }
    expectService()
  }

  @Test func `many user properties are linear work, and bounded`() {
    let property = [0x26] + text("k") + text("v")
    let client = broker.connect("c")
    client.publish("t", "x", Array(repeating: property, count: 1000).flatMap(\.self))
    #expect(!client.isClosed)
    client.publish("t", "x", Array(repeating: property, count: 5000).flatMap(\.self))
    #expect(client.isClosed)
    expectService()
  }

  @Test func `random identifiers with the longest expiry are capped in number`() {
    let broker = TestBroker { $0.sessionsMax = 100 }
    for n in 0..<300 { broker.request(.durable("r\(n)").with { $0.sessionExpiry = 0xFFFF_FFFF }).lose() }
    #expect(broker.state.registry.count == 100 && broker.sum(\.openSessions) == 100)
    broker.now += Int64(Limits().sessionExpirySecondsMax) * 1000
    broker.advance(seconds: 130)
    #expect(broker.state.registry.count == 0)
  }

  @Test func `a QoS 2 publish whose right is taken away before its release was judged when it came`() {
    let watcher = broker.connect("w")
    watcher.subscribe("t")
    let client = broker.connect("c")
    client.publish("t", "1", qos: 2, id: 1)
    broker.grants.change { $0.publish = ["t"] }
    client.pubrel(1)
    // Method A: it was delivered when it came, and the release only ends it.
    #expect(client.take() == [.pubrec(1), .pubcomp(1)])
    #expect(watcher.takeDeliveries().map(\.payload) == ["1"])
  }
}
