import BrokerCore
import MQTTCodec
import Testing

struct RecordTests {
  private let broker = TestBroker(shards: 3)
  private let source = FakeSource()

  private func publish(_ records: SourceRecord...) { broker.post(.records(records), to: 0) }

  @Test func `a record without subscribers, or for QoS 0 only, is completed at once`() {
    publish(source.record("t", "1", offset: 1))
    #expect(source.completed == [1])
    let client = broker.connect("c")
    client.subscribe("t")
    publish(source.record("t", "2", offset: 2), source.record("t", "3", offset: 3, qos: .atMostOnce))
    #expect(source.completed == [1, 2, 3])
    #expect(client.takeDeliveries().map(\.payload) == ["2", "3"])
  }

  @Test(arguments: [1, 2])
  func `a record is completed when every subscriber of every shard has it`(qos: Int) {
    let clients = (0..<3).map { broker.connect("c\($0)", shard: $0) }
    for client in clients { client.subscribe("t", options: UInt8(qos)) }
    publish(source.record("t", "x", offset: 7, qos: .exactlyOnce))
    for client in clients {
      #expect(source.completed.isEmpty)
      guard let id = client.takeDeliveries().first?.packetID else {
        Issue.record("not delivered")
        return
      }
      if qos == 1 {
        client.puback(id)
      } else {
        client.pubrec(id)
        #expect(source.completed.isEmpty)
        client.pubcomp(id)
      }
    }
    #expect(source.completed == [7] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [ConnectOptions("c"), .durable("c")])
  func `a record is completed when its subscriber disconnects`(options: ConnectOptions) {
    let client = broker.connect(options, shard: 1)
    client.subscribe("t", options: 1)
    publish(source.record("t", "x", offset: 1))
    #expect(source.completed.isEmpty && broker.sum(\.openLedger) == 2)
    client.lose()
    #expect(source.completed == [1] && broker.sum(\.openLedger) == 0)
  }

  @Test func `a record that waits in a subscriber's queue is completed when that subscriber has it`() {
    let client = broker.connect(ConnectOptions("c").with { $0.receiveMaximum = 1 }, shard: 1)
    client.subscribe("t", options: 1)
    publish(source.record("t", "1", offset: 1), source.record("t", "2", offset: 2))
    #expect(source.completed.isEmpty)
    client.puback(client.takeDeliveries().first?.packetID ?? 0)
    #expect(source.completed == [1])
    client.puback(client.takeDeliveries().first?.packetID ?? 0)
    #expect(source.completed == [1, 2] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [ConnectOptions("c"), .durable("c")])
  func `a record that waits in a queue is completed when its subscriber disconnects`(options: ConnectOptions) {
    let client = broker.connect(options.with { $0.receiveMaximum = 1 }, shard: 1)
    client.subscribe("t", options: 1)
    publish(source.record("t", "1", offset: 1), source.record("t", "2", offset: 2))
    client.lose()
    #expect(source.completed.sorted() == [1, 2] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [1, 2])
  func `a full queue takes every record of Kafka for a connected subscriber, and nothing else`(shard: Int) {
    let broker = TestBroker(shards: 3) { limits in
      limits.queueMessagesMax = 1
      limits.queueBytesMax = 1000
    }
    let client = broker.connect(ConnectOptions("c").with { $0.receiveMaximum = 1 }, shard: shard)
    client.subscribe("t", options: 1)
    broker.post(.records((1...20).map { source.record("t", "\($0)", offset: $0) }), to: 0)
    #expect(source.completed.isEmpty && broker.sum(\.droppedQueueFullNow) == 0)
    broker.connect("p", shard: shard).publish("t", "dropped", qos: 1, id: 1)
    #expect(broker.sum(\.droppedQueueFullNow) == 1)
    for n in 1...20 {
      let got = client.takeDeliveries()
      #expect(got.map(\.payload) == ["\(n)"])
      client.puback(got.first?.packetID ?? 0)
    }
    #expect(source.completed == Array(1...20) && broker.sum(\.openLedger) == 0)
  }

  @Test func `what a subscriber leaves in its queue is cut to the bounds, however often it comes and goes`() {
    let broker = TestBroker { $0.queueMessagesMax = 3 }
    let options = ConnectOptions.durable("c").with { $0.receiveMaximum = 1 }
    let client = broker.connect(options)
    client.subscribe("t", options: 1)
    broker.post(.records((1...10).map { source.record("t", "\($0)", offset: $0) }), to: 0)
    client.lose()
    #expect(source.completed.sorted() == Array(1...10))
    // One was in flight, three wait, six are too many.
    #expect(broker.sum(\.droppedQueueFullNow) == 6)
    let again = broker.connect(options)
    var got: [String] = []
    while let next = again.takeDeliveries().first {
      got.append(next.payload)
      again.puback(next.packetID)
    }
    #expect(got == ["1", "2", "3", "4"])
  }

  @Test func `a record that expires in a queue is completed when its turn comes`() {
    let client = broker.connect(ConnectOptions("c").with { $0.receiveMaximum = 1 })
    client.subscribe("t", options: 1)
    let expiry = broker.now + 1000
    publish(source.record("t", "1", offset: 1), source.record("t", "2", offset: 2, expiresAtMilliseconds: expiry))
    broker.advance(seconds: 5)
    client.puback(client.takeDeliveries().first?.packetID ?? 0)
    #expect(client.take() == [] && source.completed == [1, 2])
  }

  @Test func `a durable subscriber that is away does not hold a record up, and gets it later`() {
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 1)
    client.lose()
    publish(source.record("t", "x", offset: 1))
    #expect(source.completed == [1])
    #expect(broker.connect(.durable("c")).takeDeliveries().map(\.payload) == ["x"])
  }

  @Test func `a subscriber that takes no such large packet does not complete the record of another`() {
    let small = broker.connect(ConnectOptions("small").with { $0.packetBytesMax = 20 })
    let other = broker.connect("other")
    for client in [small, other] { client.subscribe("t", options: 1) }
    publish(source.record("t", String(repeating: "x", count: 50), offset: 1))
    #expect(source.completed.isEmpty)
    other.puback(other.takeDeliveries().first?.packetID ?? 0)
    #expect(source.completed == [1])
    small.subscribe("u", options: 1)
    publish(source.record("u", String(repeating: "x", count: 50), offset: 2))
    #expect(source.completed == [1, 2] && broker.sum(\.openLedger) == 0)
  }

  @Test func `a record is forwarded where a mapping says so, and waits for it`() {
    publish(source.record("k/1", "x", offset: 1))
    #expect(broker.outlet.forwarded == ["x"] && source.completed.isEmpty)
    broker.discharge(broker.outlet.takeTokens())
    #expect(source.completed == [1])
  }

  @Test func `a record that the bridge refuses to forward is counted, logged and completed`() {
    broker.outlet.answer(.refused)
    publish(source.record("k/1", "x", offset: 1))
    #expect(source.completed == [1] && broker.cores[0].counters.publishesRefused.now == 1)
    #expect(broker.log.lines == ["a record from Kafka could not be taken to another Kafka topic"])
  }

  @Test func `a record with an invalid topic or past its expiry is completed and given to nobody`() {
    let client = broker.connect("c")
    client.subscribe("#", options: 1)
    publish(source.record("a/#", "x", offset: 1), source.record("", "x", offset: 2))
    publish(source.record("t", "x", offset: 3, expiresAtMilliseconds: broker.now))
    publish(source.record(String(repeating: "/", count: 60_000), "x", offset: 4))
    #expect(source.completed == [1, 2, 3, 4] && client.take() == [])
  }

  @Test func `records keep their order`() {
    let client = broker.connect("c", shard: 2)
    client.subscribe("t", options: 1)
    broker.post(.records((1...500).map { source.record("t", "\($0)", offset: $0) }), to: 0)
    #expect(client.takeDeliveries().map(\.payload) == (1...500).map { "\($0)" })
  }

  @Test func `a record that finds no free ledger entry is published all the same`() {
    let broker = TestBroker { $0.ledgerEntriesMax = 1 }
    let client = broker.connect("c")
    client.subscribe("t", options: 1)
    broker.post(.records([source.record("t", "1", offset: 1), source.record("t", "2", offset: 2)]), to: 0)
    #expect(client.takeDeliveries().map(\.payload) == ["1", "2"] && source.completed == [2])
  }
}
