import BrokerCore
import MQTTCodec
import Testing

struct RetainedTests {
  private let broker = TestBroker(shards: 2)
  private let publisher: TestConnection

  init() { publisher = broker.connect("p") }

  private func retained(_ filter: String, options: UInt8 = 0) -> [Delivery] {
    let client = broker.connect("reader", shard: 1)
    client.subscribe(filter, options: options)
    return client.takeDeliveries()
  }

  @Test func `the last retained message of a topic is sent to new subscribers`() {
    publisher.publish("t", "1", isRetain: true)
    publisher.publish("t", "2", qos: 1, id: 1, isRetain: true)
    publisher.publish("t", "not kept")
    #expect(retained("t", options: 1).map(\.plain) == [Delivery("t", "2", qos: 1, isRetain: true)])
    #expect(retained("t").map(\.plain) == [Delivery("t", "2", isRetain: true)])
  }

  @Test func `an empty message clears its topic and is still delivered`() {
    let live = broker.connect("live")
    live.subscribe("t")
    publisher.publish("t", "1", isRetain: true)
    publisher.publish("t", "", isRetain: true)
    #expect(live.takeDeliveries() == [Delivery("t", "1"), Delivery("t", "")])
    #expect(retained("t").isEmpty && broker.state.retained.size == (0, 0))
    publisher.publish("never/there", "", isRetain: true)
    #expect(broker.state.retained.size == (0, 0))
  }

  @Test func `retained messages are found by wildcards, but not those of the server's own topics`() {
    for topic in ["a", "a/b", "a/b/c", "b"] { publisher.publish(topic, topic, isRetain: true) }
    #expect(Set(retained("a/#").map(\.topic)) == ["a", "a/b", "a/b/c"])
    #expect(retained("+/b").map(\.topic) == ["a/b"])
    let own = Message(
      topic: Array("$own/b".utf8), payload: [1], qos: .atMostOnce, isRetain: true, by: Publisher.unknown)
    #expect(broker.state.retained.store(own, nowMilliseconds: broker.now))
    #expect(retained("#").count == 4 && retained("+/b").count == 1 && retained("a/b/c/d").isEmpty)
    #expect(retained("$own/#").map(\.topic) == ["$own/b"])
  }

  @Test func `retain handling says when retained messages are sent`() {
    publisher.publish("t", "x", isRetain: true)
    let client = broker.connect("c")
    client.subscribe("t", options: 0b10_0000)
    #expect(client.take() == [])
    client.unsubscribe("t")
    client.received = []
    client.subscribe("t", options: 0b1_0000)
    #expect(client.takeDeliveries().count == 1)
    client.subscribe("t", options: 0b1_0000)
    #expect(client.take() == [])
    client.subscribe("t", options: 0)
    #expect(client.takeDeliveries().count == 1)
  }

  @Test func `no local leaves out the client's own retained messages too`() {
    let client = broker.connect("c")
    client.publish("t/own", "x", isRetain: true)
    publisher.publish("t/other", "x", isRetain: true)
    client.subscribe("t/#", options: 0b100)
    #expect(client.takeDeliveries().map(\.topic) == ["t/other"])
    client.subscribe("t/#")
    #expect(Set(client.takeDeliveries().map(\.topic)) == ["t/own", "t/other"])
  }

  @Test func `a filter that stands several times in one SUBSCRIBE is searched for once`() {
    for n in 0..<3 { publisher.publish("t/\(n)", "x", isRetain: true) }
    let client = broker.connect("c")
    client.send(packet(0x82, two(1), [0], (0..<1000).flatMap { text("#") + [$0 == 999 ? 0 : 1] }))
    #expect(client.takeDeliveries().count == 3)
  }

  @Test func `a search that takes long leaves other clients their turn, and its client is not read meanwhile`() {
    for n in 0..<3000 { publisher.publish("r/\(n)", "x", isRetain: true) }
    let client = broker.connect("c")
    let filters = ["r/+", "r/#", "+/+", "+/#", "#", "+/+/#", "r/+/#"]
    let ping = packet(0xC0)
    client.send(packet(0x82, two(1), [0], filters.flatMap { text($0) + [0] }) + ping + ping)
    let first = client.take()
    #expect(first.count > 3000 && first.count < 3000 * filters.count)
    #expect(client.isPaused && broker.cores[0].isUnfinished && !first.contains(.pingresp))
    var rest: [ServerPacket] = []
    for _ in 0..<filters.count where broker.cores[0].isUnfinished {
      broker.tick()
      rest += client.take()
    }
    #expect(first.count + rest.count == 1 + 3000 * filters.count + 2)
    #expect(rest.suffix(2) == [.pingresp, .pingresp] && !client.isPaused)
  }

  @Test func `a client that ends while it is searched for leaves nothing to do`() {
    for n in 0..<3000 { publisher.publish("r/\(n)", "x", isRetain: true) }
    let client = broker.connect("c")
    let filters = ["r/+", "r/#", "+/+", "+/#", "#", "+/+/#", "r/+/#"]
    client.send(packet(0x82, two(1), [0], filters.flatMap { text($0) + [0] }))
    client.lose()
    for _ in 0..<filters.count { broker.tick() }
    #expect(!broker.cores[0].isUnfinished)
    #expect(retained("r/7").count == 1)
  }

  @Test func `clients that subscribe again and again wait for each other, however many they are`() {
    for n in 0..<200 { publisher.publish("r/\(n)", "x", isRetain: true) }
    let clients = (0..<50).map { broker.connect("c\($0)") }
    let subscribe = packet(0x82, two(1), [0], text("r/#"), [0])
    for client in clients { client.send((0..<20).flatMap { _ in subscribe }) }
    for _ in 0..<1000 where broker.cores[0].isUnfinished { broker.tick() }
    for client in clients { #expect(client.take().count == 20 * 201 && !client.isPaused) }
    #expect(!broker.cores[0].isUnfinished)
  }

  @Test func `a retained message carries the identifier of the subscription that asked`() {
    publisher.publish("t", "x", isRetain: true)
    let client = broker.connect("c")
    client.subscribe("#", identifier: 9)
    #expect(client.takeDeliveries().first?.properties.numbers == [0x0B: [9]])
  }

  @Test func `a retained message expires, and tells what is left until then`() {
    publisher.publish("t", "x", isRetain: true, [2] + four(10))
    broker.advance(seconds: 4)
    #expect(retained("t").first?.properties.numbers == [2: [6]])
    broker.advance(seconds: 7)
    #expect(retained("t").isEmpty)
  }

  @Test func `retained messages are limited in number and bytes, and expired ones make room`() {
    let broker = TestBroker {
      $0.retainedMessagesMax = 3
      $0.retainedBytesMax = 1000
    }
    let publisher = broker.connect("p")
    publisher.publish("short", "x", isRetain: true, [2] + four(5))
    publisher.publish("big", String(repeating: "x", count: 990), isRetain: true)
    publisher.publish("big", String(repeating: "x", count: 1200), isRetain: true)
    #expect(broker.state.retained.size == (2, 6 + 993))
    publisher.publish("big", "small now", isRetain: true)
    publisher.publish("third", "x", isRetain: true)
    publisher.publish("fourth", "x", isRetain: true)
    #expect(broker.state.retained.size.messages == 3)
    broker.advance(seconds: 61)
    publisher.publish("fourth", "x", isRetain: true)
    #expect(broker.state.retained.size.messages == 3)
    let client = broker.connect("c")
    client.subscribe("fourth")
    #expect(client.takeDeliveries().count == 1)
    publisher.publish("fourth", "", isRetain: true)
    publisher.publish("third", "", isRetain: true)
    publisher.publish("big", "", isRetain: true)
    #expect(broker.state.retained.size == (0, 0))
  }

  @Test func `more retained messages than one round's output holds arrive all`() {
    let broker = TestBroker { $0.outputBytesMax = 1000 }
    let publisher = broker.connect("p")
    for n in 0..<100 { publisher.publish("t/\(n)", String(repeating: "x", count: 100), isRetain: true) }
    let client = broker.connect("c")
    client.subscribe("t/#", options: 1)
    var topics = Set(client.takeDeliveries().map(\.topic))
    #expect(topics.count < 100)
    for _ in 0..<20 {
      broker.tick()
      topics.formUnion(client.takeDeliveries().map(\.topic))
    }
    #expect(topics.count == 100)
  }

  @Test(arguments: [0, 1])
  func `a subscription gets all retained messages, however short its queue is`(qos: Int) {
    let broker = TestBroker { $0.queueMessagesMax = 5 }
    let publisher = broker.connect("p")
    for number in 0..<50 { publisher.publish("t/\(number)", "\(number)", qos: qos, id: number + 1, isRetain: true) }
    let reader = broker.connect(ConnectOptions("reader").with { $0.receiveMaximum = 1 })
    reader.isBlocked = qos == 0
    reader.subscribe("t/+", options: UInt8(qos))
    // What comes live meanwhile has the queue's bounds to itself, and its turn behind them.
    for number in 0..<5 { publisher.publish("t/live", "live \(number)", qos: 1, id: 100 + number) }
    if reader.isBlocked { reader.unblock() }
    var payloads: [String] = []
    var fresh = reader.takeDeliveries()
    while !fresh.isEmpty {
      payloads += fresh.map(\.payload)
      for delivery in fresh where delivery.qos > 0 { reader.puback(delivery.packetID) }
      fresh = reader.takeDeliveries()
    }
    #expect(Set(payloads.prefix(50)) == Set((0..<50).map { "\($0)" }))
    #expect(payloads.dropFirst(50) == ["live 0", "live 1", "live 2", "live 3", "live 4"])
    #expect(broker.sum(\.droppedQueueFullNow) == 0)
  }

  @Test func `retained messages that wait for a client that has gone count as all that waits`() {
    let broker = TestBroker { $0.queueMessagesMax = 5 }
    let publisher = broker.connect("p")
    for number in 0..<20 { publisher.publish("t/\(number)", "x", qos: 1, id: number + 1, isRetain: true) }
    let options = ConnectOptions.durable("reader").with { $0.receiveMaximum = 1 }
    let reader = broker.connect(options)
    reader.subscribe("t/+", options: 1)
    reader.lose()
    #expect(broker.sum(\.droppedQueueFullNow) == 14)
  }

  @Test func `a search that had not had its turn when its durable client went is made for the session`() {
    let publisher = broker.connect("p1")
    for number in 0..<6000 { publisher.publish("t/\(number)", "x", isRetain: true) }
    publisher.publish("late", "kept", qos: 1, id: 1, isRetain: true)
    let reader = broker.connect(.durable("reader"))
    // The first filter takes all steps of the round, so the second has to wait; the client goes in the same round.
    reader.isBlocked = true
    let subscribe = packet(
      0x82, two(1), [0], text("t/+"), [0], text("+/+"), [0], text("late"), [1])
    broker.round(0) { core in
      reader.unused += subscribe
      broker.feed(reader)
      core.lost(reader)
    }
    broker.settle()
    for _ in 0..<5 { broker.round(0) { _ in } }
    let again = broker.connect(.durable("reader"))
    #expect(again.takeDeliveries().map(\.payload) == ["kept"])
  }
}
