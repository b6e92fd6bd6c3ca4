import MQTTCodec
import Testing

@testable import BrokerCore

struct SessionTests {
  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `a durable session is present for the next connection and keeps its subscriptions`(version: ProtocolVersion) {
    let broker = TestBroker()
    let first = broker.request(.durable("c", version))
    guard case .connack(isPresent: false, code: 0, _)? = first.take().first else {
      Issue.record("not let in")
      return
    }
    first.subscribe("t", options: 1)
    first.disconnect()
    broker.connect("p").publish("t", "away", qos: 1, id: 1)
    let second = broker.request(.durable("c", version))
    guard case .connack(isPresent: true, code: 0, _)? = ServerPacket.all(second.received, version).first else {
      Issue.record("the session is not present")
      return
    }
    #expect(second.takeDeliveries().map(\.plain) == [Delivery("t", "away", qos: 1)])
  }

  @Test func `QoS 0 is not kept for a client that is away`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    client.lose()
    broker.connect("p").publish("t", "x")
    #expect(broker.connect(.durable("c")).take() == [])
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `a clean start ends the session that was there`(version: ProtocolVersion) {
    let broker = TestBroker()
    let first = broker.connect(.durable("c", version))
    first.subscribe("t", options: 1)
    first.lose()
    let clean = broker.request(ConnectOptions("c", version))
    guard case .connack(isPresent: false, code: 0, _)? = clean.take().first else {
      Issue.record("the session is still there")
      return
    }
    broker.connect("p").publish("t", qos: 1, id: 1)
    #expect(clean.take() == [])
    #expect(broker.sum(\.openSubscriptions) == 0)
  }

  @Test func `a session that ends with its connection leaves nothing behind`() {
    let broker = TestBroker()
    let client = broker.connect("c")
    client.subscribe("t", options: 1)
    client.subscribe("#", options: 2)
    client.lose()
    #expect(broker.sum(\.openSubscriptions) == 0 && broker.sum(\.openSessions) == 0)
    #expect(broker.sum(\.openConnections) == 0 && broker.state.registry.count == 0)
    #expect(broker.state.subscriptions.matches(of: Array("t".utf8)).own.isEmpty)
  }

  @Test func `a session expires after its interval and not before`() {
    let broker = TestBroker()
    broker.connect(.durable("c").with { $0.sessionExpiry = 100 }).disconnect()
    broker.advance(seconds: 99)
    #expect(broker.sum(\.openSessions) == 1)
    broker.advance(seconds: 2)
    #expect(broker.sum(\.openSessions) == 0 && broker.state.registry.count == 0)
  }

  @Test func `a session that never expires is held for the longest expiry of the server`() {
    let broker = TestBroker { $0.sessionExpirySecondsMax = 10 }
    let client = broker.request(.durable("c").with { $0.sessionExpiry = 0xFFFF_FFFF })
    guard case .connack(_, _, let list)? = client.take().first else {
      Issue.record("no CONNACK")
      return
    }
    #expect(list.numbers[0x11] == [10])
    client.disconnect()
    broker.advance(seconds: 12)
    #expect(broker.sum(\.openSessions) == 0)
  }

  @Test func `a session does not expire while its client is connected`() {
    let broker = TestBroker()
    let options = ConnectOptions.durable("c").with { $0.sessionExpiry = 5 }
    broker.connect(options).lose()
    broker.advance(seconds: 3)
    let client = broker.connect(options)
    broker.advance(seconds: 20)
    #expect(!client.isClosed && broker.sum(\.openSessions) == 1)
  }

  @Test func `DISCONNECT may end a session by expiry 0`() {
    let broker = TestBroker()
    broker.connect(.durable("c")).disconnect(0, sessionExpiry: 0)
    #expect(broker.sum(\.openSessions) == 0)
  }

  @Test func `DISCONNECT may not give an expiry to a session that had none`() {
    let broker = TestBroker()
    let client = broker.connect("c")
    client.disconnect(0, sessionExpiry: 10)
    #expect(client.take() == [.disconnect(.protocolError)])
    #expect(broker.sum(\.openSessions) == 0)
  }

  @Test func `what was in flight is sent again, first what is only to be released, then with DUP in its order`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    publisher.publish("t", "1", qos: 1, id: 1)
    publisher.publish("t", "2", qos: 2, id: 2)
    publisher.publish("t", "3", qos: 2, id: 3)
    let ids = client.takeDeliveries().map(\.packetID)
    client.pubrec(ids[1])
    client.lose()
    let again = broker.connect(.durable("c")).take()
    guard again.count == 3, case .publish(let first) = again[1], case .publish(let third) = again[2] else {
      Issue.record("\(again)")
      return
    }
    #expect(first.isDuplicate && first.payload == "1" && first.packetID == ids[0])
    #expect(again[0] == .pubrel(ids[1]))
    #expect(third.isDuplicate && third.payload == "3" && third.packetID == ids[2])
  }

  @Test func `no more is sent again than the new connection's Receive Maximum`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    let publisher = broker.connect("p")
    for id in 1...5 { publisher.publish("t", "\(id)", qos: 1, id: id) }
    client.lose()
    let again = broker.connect(.durable("c").with { $0.receiveMaximum = 2 })
    var got: [String] = []
    while true {
      let deliveries = again.takeDeliveries()
      if deliveries.isEmpty { break }
      #expect(deliveries.count <= 2)
      got += deliveries.map(\.payload)
      for delivery in deliveries { again.puback(delivery.packetID) }
    }
    #expect(got == ["1", "2", "3", "4", "5"])
  }

  @Test func `what is too large for the new connection is given up when the session is resumed`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    broker.connect("p").publish("t", String(repeating: "x", count: 200), qos: 1, id: 1)
    client.lose()
    let again = broker.connect(
      .durable("c").with {
        $0.packetBytesMax = 100; $0.receiveMaximum = 1
      })
    #expect(again.take() == [])
    broker.connect("p").publish("t", "small", qos: 1, id: 2)
    #expect(again.takeDeliveries().map(\.payload) == ["small"])
  }

  @Test func `a subscriber's rights are judged again when it comes back`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("#", options: 1)
    let publisher = broker.connect("p")
    publisher.publish("secret", "in flight", qos: 1, id: 1)
    publisher.publish("open", "in flight", qos: 1, id: 2)
    client.lose()
    publisher.publish("secret", "queued", qos: 1, id: 3)
    publisher.publish("open", "queued", qos: 1, id: 4)
    broker.grants.change { $0.receive = ["secret"] }
    let again = broker.connect(.durable("c"))
    #expect(again.takeDeliveries().map(\.topic) == ["open", "open"])
    publisher.publish("secret", "live", qos: 1, id: 5)
    #expect(again.take() == [])
  }

  @Test func `a message that expired in the queue is not delivered`() {
    let broker = TestBroker()
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    client.lose()
    let publisher = broker.connect("p")
    publisher.publish("t", "short", qos: 1, id: 1, [2] + four(5))
    publisher.publish("t", "long", qos: 1, id: 2, [2] + four(60))
    broker.advance(seconds: 10)
    let deliveries = broker.connect(.durable("c")).takeDeliveries()
    #expect(deliveries.map(\.payload) == ["long"])
    #expect(deliveries.first?.properties.numbers[2] == [50])
  }

  @Test func `a session's queue is bounded by messages and by bytes`() {
    let broker = TestBroker {
      $0.queueMessagesMax = 3
      $0.queueBytesMax = 2000
    }
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    client.lose()
    let publisher = broker.connect("p")
    for id in 1...5 { publisher.publish("t", "\(id)", qos: 1, id: id) }
    #expect(broker.cores[0].counters.droppedQueueFull.now == 2)
    #expect(broker.connect(.durable("c")).takeDeliveries().map(\.payload) == ["1", "2", "3"])
  }

  @Test func `what has expired makes room in a full queue`() {
    let broker = TestBroker { $0.queueMessagesMax = 3 }
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    client.lose()
    let publisher = broker.connect("p")
    for id in 1...3 { publisher.publish("t", "old \(id)", qos: 1, id: id, [0x02] + four(id == 2 ? 500 : 5)) }
    broker.advance(seconds: 20)
    for id in 4...6 { publisher.publish("t", "new \(id)", qos: 1, id: id) }
    #expect(broker.cores[0].counters.droppedQueueFull.now == 1 && broker.cores[0].counters.expired.now == 2)
    let back = broker.connect(.durable("c"))
    #expect(back.takeDeliveries().map(\.payload) == ["old 2", "new 4", "new 5"])
  }
}
