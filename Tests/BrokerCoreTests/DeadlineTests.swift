import BrokerCore
import MQTTCodec
import Testing

struct DeadlineTests {
  private let broker = TestBroker(shards: 2)

  @Test func `a connection without CONNECT is closed after the timeout`() {
    let silent = broker.open()
    let dripping = broker.open()
    for _ in 0..<9 {
      dripping.send([ConnectOptions("c").bytes[dripping.unused.count]])
      broker.advance(seconds: 1)
    }
    #expect(!silent.isClosed && !dripping.isClosed)
    broker.advance(seconds: 3)
    #expect(silent.isClosed && dripping.isClosed && silent.received.isEmpty)
    #expect(broker.sum(\.openConnections) == 0)
  }

  @Test func `a decision that never comes is a timeout`() {
    broker.authenticator = { _ in nil }
    let client = broker.request(ConnectOptions("c"))
    broker.advance(seconds: 12)
    #expect(client.isClosed)
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `a client is closed after one and a half times its keep alive, and any packet counts`(version: ProtocolVersion) {
    let client = broker.connect(ConnectOptions("c", version).with { $0.keepAlive = 10 })
    for _ in 0..<5 {
      broker.advance(seconds: 14)
      client.ping()
    }
    #expect(!client.isClosed)
    client.received = []
    broker.advance(seconds: 14)
    #expect(!client.isClosed)
    broker.advance(seconds: 3)
    #expect(client.isClosed)
    #expect(client.take() == (version == .v5 ? [.disconnect(.keepAliveTimeout)] : []))
  }

  @Test func `a packet that never gets whole counts for the keep alive only as long as it grows`() {
    let publish = packet(0x30, text("t"), [0], [UInt8](repeating: 7, count: 9_000))
    let clients = ["dripping", "slow"].map { name in broker.connect(ConnectOptions(name).with { $0.keepAlive = 10 }) }
    var sent = 0
    for _ in 0..<5 {
      broker.advance(seconds: 14)
      clients[0].send([publish[clients[0].unused.count]])
      clients[1].send(Array(publish[sent..<sent + 1_100]))
      sent += 1_100
    }
    #expect(clients[0].isClosed && clients[0].take().contains(.disconnect(.keepAliveTimeout)))
    #expect(!clients[1].isClosed)
    // The next packet is counted from its own beginning.
    clients[1].send(Array(publish[sent...]))
    broker.advance(seconds: 14)
    clients[1].send(Array(publish[..<1_100]))
    broker.advance(seconds: 14)
    #expect(!clients[1].isClosed)
    broker.advance(seconds: 3)
    #expect(clients[1].isClosed)
  }

  @Test func `keep alive 0 is no deadline for a day`() {
    let client = broker.connect("c", .v3_1_1)
    broker.now += 24 * 3600 * 1000
    broker.tick()
    broker.advance(seconds: 70)
    #expect(!client.isClosed)
  }

  @Test func `a keep alive above the server's is the server's for 5_0 clients`() {
    let broker = TestBroker { $0.keepAliveSecondsMax = 20 }
    let new = broker.connect(ConnectOptions("new").with { $0.keepAlive = 1000 })
    let old = broker.connect(ConnectOptions("old", .v3_1_1).with { $0.keepAlive = 100 })
    broker.advance(seconds: 32)
    #expect(new.isClosed && !old.isClosed)
  }

  @Test func `a client that moved to another shard is watched there`() {
    let first = broker.connect(.durable("c"), shard: 1)
    first.lose()
    let moved = broker.connect(.durable("c").with { $0.keepAlive = 5 })
    #expect(moved.shard == 1)
    broker.advance(seconds: 10)
    #expect(moved.isClosed)
  }
}
