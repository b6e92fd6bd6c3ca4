import BrokerCore
import MQTTCodec
import Testing

struct PublishTests {
  @Test(arguments: 0...2, 0...2)
  func `a message is delivered at the lower QoS of publish and subscription`(published: Int, subscribed: Int) {
    let broker = TestBroker(shards: 2)
    let near = broker.connect("near")
    let far = broker.connect("far", .v3_1_1, shard: 1)
    #expect(near.subscribe("t/#", options: UInt8(subscribed)) == UInt8(subscribed))
    #expect(far.subscribe("+/x", options: UInt8(subscribed)) == UInt8(subscribed))
    let publisher = broker.connect("p")
    publisher.publish("t/x", "hello", qos: published, id: 5)
    let expected = [Delivery("t/x", "hello", qos: min(published, subscribed))]
    #expect(near.takeDeliveries().map(\.plain) == expected)
    #expect(far.takeDeliveries().map(\.plain) == expected)
    let answers: [[ServerPacket]] = [[], [.puback(5)], [.pubrec(5)]]
    #expect(publisher.take() == answers[published])
  }

  /// Clients that wait for the message alone disconnect with the acknowledgement under way otherwise.
  @Test func `a client that is subscribed to its own topic has its acknowledgement before the message`() {
    let client = TestBroker().connect("c")
    client.subscribe("t", options: 2)
    client.publish("t", qos: 1, id: 7)
    let answers = client.take()
    #expect(answers.count == 2 && answers.first == .puback(7))
    client.publish("t", qos: 2, id: 8)
    #expect(client.take().first == .pubrec(8))
  }

  @Test(arguments: ["1.a", "1.b"])
  func `packets that come split at any place are understood`(payload: String) {
    let broker = TestBroker()
    let subscriber = broker.connect("s")
    subscriber.subscribe("#")
    let bytes = packet(0x30, text("t"), [0], Array(payload.utf8)) + packet(0x30, text("u"), [0], [120])
    for cut in 0...bytes.count {
      let publisher = broker.connect("p")
      publisher.send(Array(bytes[..<cut]))
      publisher.send(Array(bytes[cut...]))
      #expect(subscriber.takeDeliveries().map(\.topic) == ["t", "u"])
    }
  }

  @Test func `deliveries in flight stay within the subscriber's Receive Maximum`() {
    let broker = TestBroker()
    let subscriber = broker.connect(ConnectOptions("s").with { $0.receiveMaximum = 2 })
    subscriber.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    for id in 1...4 { publisher.publish("t", "\(id)", qos: id % 2 + 1, id: id) }
    let first = subscriber.takeDeliveries()
    #expect(first.map(\.payload) == ["1", "2"])
    // A release is not the end: only PUBCOMP gives the place back.
    subscriber.pubrec(first[0].packetID)
    #expect(subscriber.take() == [.pubrel(first[0].packetID)])
    subscriber.pubcomp(first[0].packetID)
    #expect(subscriber.takeDeliveries().map(\.payload) == ["3"])
    subscriber.puback(first[1].packetID)
    #expect(subscriber.takeDeliveries().map(\.payload) == ["4"])
  }

  @Test func `a PUBREC with an error gives the place back`() {
    let broker = TestBroker()
    let subscriber = broker.connect(ConnectOptions("s").with { $0.receiveMaximum = 1 })
    subscriber.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    publisher.publish("t", "1", qos: 2, id: 1)
    publisher.publish("t", "2", qos: 2, id: 2)
    guard let first = subscriber.takeDeliveries().first else {
      Issue.record("nothing was delivered")
      return
    }
    subscriber.pubrec(first.packetID, 0x97)
    #expect(subscriber.takeDeliveries().map(\.payload) == ["2"])
  }

  @Test func `acknowledgements that nothing waits for do no harm`() {
    let client = TestBroker().connect("c")
    client.puback(7)
    client.pubcomp(7)
    #expect(client.take() == [])
    client.pubrec(7)
    #expect(client.take() == [.pubrel(7, .packetIdentifierNotFound)])
    client.pubrel(7)
    #expect(client.take() == [.pubcomp(7, .packetIdentifierNotFound)])
    #expect(!client.isClosed)
  }

  @Test func `packet identifiers go round past 65,535 with one that is never acknowledged`() {
    let broker = TestBroker()
    let subscriber = broker.connect("s", .v3_1_1)
    subscriber.subscribe("t", options: 1)
    let publisher = broker.connect("p")
    var stuck: Int?
    var seen = 0
    let batch = 1000
    let bytes = (0..<batch - 1).flatMap { _ in packet(0x32, text("t"), two(9), [0], [120]) }
    for _ in 0..<70 {
      publisher.send(bytes)
      publisher.received = []
      let deliveries = subscriber.takeDeliveries()
      if stuck == nil { stuck = deliveries.first?.packetID }
      #expect(seen == 0 || !deliveries.contains { $0.packetID == stuck })
      seen += deliveries.count
      subscriber.send(deliveries.filter { $0.packetID != stuck }.flatMap { packet(0x40, two($0.packetID)) })
    }
    // All identifiers but the stuck one were used once; the rest waits for it.
    seen += subscriber.takeDeliveries().count
    #expect(seen == 65_535)
    subscriber.puback(stuck ?? 0)
    #expect(!subscriber.takeDeliveries().isEmpty)
  }

  @Test func `QoS 0 for a subscriber whose socket is full is dropped, and QoS 1 waits`() {
    let broker = TestBroker { $0.outputBytesMax = 1000 }
    let subscriber = broker.connect("s")
    subscriber.subscribe("t", options: 1)
    subscriber.isBlocked = true
    let publisher = broker.connect("p")
    for id in 1...20 {
      publisher.publish("t", "zero" + String(repeating: "-", count: 96))
      publisher.publish("t", "one \(id)" + String(repeating: "-", count: 93), qos: 1, id: id)
    }
    #expect(broker.cores[0].counters.droppedSlowConsumer.now > 10)
    subscriber.unblock()
    var got: [String] = []
    for _ in 0..<10 {
      broker.tick()
      got += subscriber.takeDeliveries().filter { $0.qos == 1 }.map { String($0.payload.prefix { $0 != "-" }) }
    }
    #expect(got == (1...20).map { "one \($0)" })
  }

  @Test func `what waited only for the round's flush goes on in the next round`() {
    let broker = TestBroker { $0.outputBytesMax = 1000 }
    let subscriber = broker.connect("s")
    subscriber.subscribe("t", options: 1)
    let publisher = broker.connect("p")
    // One round fills the output with QoS 0, so that the QoS 1 message has to wait although nothing is in flight.
    let zero = packet(0x30, text("t"), [0], Array(repeating: 120, count: 1100))
    publisher.send(zero + packet(0x32, text("t"), two(1), [0], [49]))
    #expect(subscriber.takeDeliveries().map(\.qos) == [0])
    broker.tick()
    #expect(subscriber.takeDeliveries().map(\.payload) == ["1"])
  }

  @Test func `a message larger than the subscriber takes is not sent, and nothing waits for it`() {
    let broker = TestBroker()
    let small = broker.connect(
      ConnectOptions("small").with {
        $0.packetBytesMax = 50; $0.receiveMaximum = 1
      })
    let other = broker.connect("other")
    for client in [small, other] { client.subscribe("t", options: 1) }
    let publisher = broker.connect("p")
    publisher.publish("t", String(repeating: "x", count: 60), qos: 1, id: 1)
    #expect(publisher.take() == [.puback(1)])
    #expect(small.take() == [] && other.takeDeliveries().count == 1)
    publisher.publish("t", "fits", qos: 1, id: 2)
    #expect(small.takeDeliveries().map(\.payload) == ["fits"])
    #expect(broker.cores[0].counters.droppedTooLarge.now == 1)
  }

  @Test func `5_0 properties reach 5_0 subscribers as they were, and 3_x subscribers not at all`() {
    let broker = TestBroker()
    let new = broker.connect("new")
    let old = broker.connect("old", .v3_1_1)
    for client in [new, old] { client.subscribe("t") }
    broker.connect("p").publish(
      "t", "x", [1, 1], [2] + four(9), [3] + text("json"), [8] + text("answers"), [9] + text("7"),
      [0x26] + text("k") + text("v"), [0x26] + text("k") + text("w"))
    let list = new.takeDeliveries().first?.properties
    #expect(list?.numbers == [1: [1], 2: [9]])
    #expect(list?.texts == [3: ["json"], 8: ["answers"], 9: ["7"], 0x26: ["k=v", "k=w"]])
    #expect(old.takeDeliveries() == [Delivery("t", "x")])
  }

  @Test(arguments: ["3003000078", "300400012378", "3005 0002c0a078", "30040001 0078", "3600", "3c0400017400"])
  func `a PUBLISH that is not well-formed closes a 3_x connection`(bytes: String) {
    let client = TestBroker().connect("c", .v3_1_1)
    client.send(hex(bytes))
    #expect(client.isClosed && client.received.isEmpty)
  }

  @Test func `a 5_0 client is told why it is closed, in as many bytes as it takes`() {
    let broker = TestBroker()
    let client = broker.connect("c")
    client.publish("a/#")
    #expect(client.take() == [.disconnect(.topicNameInvalid)])
    let small = broker.connect(ConnectOptions("d").with { $0.packetBytesMax = 20 })
    small.send([0x82, 0])
    #expect(small.isClosed && small.received.count <= 20)
    #expect(ServerPacket.all(small.received, .v5).count == 1)
  }

  @Test func `a packet larger than the server takes is answered with packet too large at its header`() {
    let client = TestBroker { $0.packetBytesMax = 100 }.connect("c")
    client.send([0x30, 0x7F])
    #expect(client.take() == [.disconnect(.packetTooLarge)])
  }

  @Test func `PINGREQ is answered`() {
    let client = TestBroker().connect("c", .v3_1)
    client.ping()
    #expect(client.take() == [.pingresp])
  }
}
