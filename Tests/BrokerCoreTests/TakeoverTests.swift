import MQTTCodec
import Testing

@testable import BrokerCore

struct TakeoverTests {
  @Test(arguments: [0, 1])
  func `a new connection with the same identifier takes the session over`(shard: Int) {
    let broker = TestBroker(shards: 2)
    let old = broker.connect(.durable("c"))
    old.subscribe("t", options: 1)
    let new = broker.request(.durable("c"), shard: shard)
    #expect(old.take() == [.disconnect(.sessionTakenOver)])
    #expect(old.isClosed)
    guard case .connack(isPresent: true, code: 0, _)? = new.take().first else {
      Issue.record("the session is not present")
      return
    }
    #expect(new.shard == 0)
    broker.connect("p", shard: 1).publish("t", "x", qos: 1, id: 1)
    #expect(new.takeDeliveries().map(\.payload) == ["x"])
    #expect(broker.sum(\.openConnections) == 2 && broker.sum(\.openSessions) == 2)
  }

  @Test func `a 3.x client that is taken over is closed without a word`() {
    let broker = TestBroker()
    let old = broker.connect("c", .v3_1_1)
    _ = broker.connect("c", .v3_1_1)
    #expect(old.received.isEmpty && old.isClosed)
  }

  @Test(arguments: [0, 1])
  func `a session that ends with its connection is not present after a takeover`(shard: Int) {
    let broker = TestBroker(shards: 2)
    let old = broker.connect("c")
    old.subscribe("t")
    let new = broker.request(.durable("c"), shard: shard)
    guard case .connack(isPresent: false, code: 0, _)? = new.take().first else {
      Issue.record("a session was present")
      return
    }
    broker.connect("p").publish("t")
    #expect(old.isClosed && new.take() == [])
  }

  @Test func `another identity may not use a client identifier that has a session`() {
    let broker = TestBroker(shards: 2)
    let alice = broker.connect(.durable("c").with { $0.userName = "alice" })
    alice.subscribe("t", options: 1)
    for shard in 0...1 {
      let bob = broker.request(ConnectOptions("c").with { $0.userName = "bob" }, shard: shard)
      #expect(bob.take() == [.connack(isPresent: false, code: 0x87, PropertyList())])
      #expect(bob.isClosed)
    }
    broker.connect("p").publish("t", "for alice", qos: 1, id: 1)
    #expect(alice.takeDeliveries().map(\.payload) == ["for alice"])
    alice.lose()
    let bob = broker.request(ConnectOptions("c", .v3_1_1).with { $0.userName = "bob" })
    #expect(bob.take() == [.connack(isPresent: false, code: 5, PropertyList())])
    broker.connect("p").publish("t", "still hers", qos: 1, id: 1)
    let back = broker.connect(.durable("c").with { $0.userName = "alice" })
    #expect(back.takeDeliveries().map(\.payload).contains("still hers"))
  }

  @Test func `what was in flight to the old connection is sent again to the new one`() {
    let broker = TestBroker()
    let old = broker.connect(.durable("c"))
    old.subscribe("t", options: 1)
    broker.connect("p").publish("t", "x", qos: 1, id: 1)
    let id = old.takeDeliveries().first?.packetID
    let new = broker.connect(.durable("c")).takeDeliveries()
    #expect(new.map(\.packetID) == [id] && new.map(\.isDuplicate) == [true])
  }

  @Test func `the old connection's late acknowledgement does nothing`() {
    let broker = TestBroker()
    let old = broker.connect(.durable("c"))
    old.subscribe("t", options: 1)
    _ = broker.connect(.durable("c"))
    old.puback(1)
    old.publish("t", "late", qos: 1, id: 9)
    #expect(broker.cores[0].counters.publishesReceivedQoS1.now == 0)
  }

  @Test func `a session that ended while its connection moved is made anew where the connection is`() {
    let broker = TestBroker(shards: 2)
    let old = broker.connect("c", shard: 1)
    // The move is decided, and the session ends before it is made.
    let new = broker.open()
    let bytes = ConnectOptions("c").bytes
    broker.round(0) { core in _ = bytes.withUnsafeBufferPointer { core.receive(new, $0) } }
    #expect(broker.moves.count == 1)
    broker.round(1) { core in core.lost(old) }
    broker.settle()
    guard case .connack(isPresent: false, code: 0, _)? = new.take().first else {
      Issue.record("not let in")
      return
    }
    #expect(broker.sum(\.openConnections) == 1 && broker.sum(\.openSessions) == 1)
  }

  @Test func `a storm of connections with one identifier leaves one session and keeps order`() {
    let broker = TestBroker(shards: 3)
    let watcher = broker.connect("watcher")
    watcher.subscribe("storm")
    var generator = SeededGenerator(seed: 7)
    var last: TestConnection?
    for round in 0..<2000 {
      let shard = Int.random(in: 0..<3, using: &generator)
      let isDurable = Bool.random(using: &generator)
      let client = broker.connect(isDurable ? .durable("c") : ConnectOptions("c"), shard: shard)
      client.subscribe("a/\(round % 5)", options: 1)
      client.publish("storm", "\(round)")
      if Bool.random(using: &generator) { client.unsubscribe("a/\(round % 5)") }
      last = client
    }
    #expect(watcher.takeDeliveries().map(\.payload) == (0..<2000).map { "\($0)" })
    #expect(broker.sum(\.openConnections) == 2 && broker.sum(\.openSessions) == 2)
    last?.disconnect(0, sessionExpiry: 0)
    #expect(broker.state.registry.count == 1)
  }

  @Test func `deadlines of a session that comes and goes do not pile up`() {
    let broker = TestBroker()
    for _ in 0..<500 { broker.connect(.durable("c")).lose() }
    broker.advance(seconds: 130)
    #expect(broker.cores[0].pendingDeadlines <= 4)
  }
}

extension ShardCore {
  /// Entries of the wheel.
  fileprivate var pendingDeadlines: Int {
    var copy = wheel
    return copy.due(nowMilliseconds: now + 200_000).count
  }
}
