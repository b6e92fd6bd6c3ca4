import BrokerCore
import MQTTCodec
import Testing

/// How retained messages reach those who subscribe: all of them, as their clients take them.
struct RetainedSearchTests {
  /// Small bounds, so that little is much.
  private let broker = TestBroker(shards: 2) {
    $0.outputBytesMax = 2_000
    $0.queueBytesMax = 64 << 10
    $0.queueMessagesMax = 50
  }
  private let publisher: TestConnection

  init() { publisher = broker.connect("p") }

  private func fill(_ count: Int, qos: Int = 0, bytes: Int = 100, _ properties: [UInt8] = []) {
    for n in 0..<count {
      publisher.publish("t/\(n)", payload(n, bytes), qos: qos, id: n + 1, isRetain: true, properties)
      if qos == 2 { publisher.pubrel(n + 1) }
    }
    publisher.received = []
  }

  private func payload(_ number: Int, _ bytes: Int) -> String {
    "\(number) " + String(repeating: "x", count: bytes)
  }

  /// Takes all that comes, with an acknowledgement of each, until nothing comes any more.
  private func takeAll(_ client: TestConnection, slowly: Bool = false, _ between: () -> Void = {}) -> [Delivery] {
    var all: [Delivery] = []
    var idle = 0
    while idle < 3 {
      if slowly {
        #expect(client.backlog.count <= 2_000 + 1_200)
        client.unblock()
        client.isBlocked = true
      }
      broker.tick()
      let fresh = client.takeDeliveries()
      idle = fresh.isEmpty ? idle + 1 : 0
      all += fresh
      for delivery in fresh where delivery.qos == 1 { client.puback(delivery.packetID) }
      for delivery in fresh where delivery.qos == 2 {
        client.pubrec(delivery.packetID)
        client.pubcomp(delivery.packetID)
      }
      between()
    }
    return all
  }

  @Test(arguments: [0, 1, 2], [false, true])
  func `all retained messages arrive, in their order, however small the bounds are`(qos: Int, slowly: Bool) {
    // More than all bounds of the reader together.
    fill(1_500, qos: qos)
    let reader = broker.connect(ConnectOptions("r").with { $0.receiveMaximum = 7 }, shard: 1)
    reader.isBlocked = slowly
    reader.subscribe("t/+", options: UInt8(qos))
    let found = takeAll(reader, slowly: slowly)
    #expect(found.map(\.topic) == (0..<1_500).map { "t/\($0)" })
    #expect(found.allSatisfy { $0.isRetain && $0.qos == qos })
    #expect(broker.sum(\.droppedQueueFullNow) == 0 && broker.sum(\.droppedSlowConsumerNow) == 0)
  }

  @Test func `a round sends some of them, and its client is answered meanwhile`() {
    let broker = TestBroker()
    let publisher = broker.connect("p")
    for n in 0..<5_000 { publisher.publish("t/\(n)", "x", isRetain: true) }
    let reader = broker.connect("r")
    reader.subscribe("t/#")
    var counts = [reader.takeDeliveries().count]
    reader.ping()
    var pong = false
    while broker.cores[0].isUnfinished {
      let packets = reader.take()
      pong = pong || packets.contains(.pingresp)
      counts.append(packets.count)
      broker.tick()
    }
    counts.append(reader.take().count)
    #expect(pong && counts.reduce(0, +) == 5_001 && counts.allSatisfy { $0 < 1_500 })
  }

  @Test func `filters are searched for in the order of their SUBSCRIBE, each with its own options`() {
    fill(300, qos: 1)
    publisher.publish("u/1", "u", qos: 1, id: 1, isRetain: true)
    let reader = broker.connect("r")
    reader.send(packet(0x82, two(9), [2, 0x0B, 7], text("u/+"), [1], text("t/+"), [0], text("u/1"), [1]))
    let found = takeAll(reader)
    #expect(found.map(\.topic) == ["u/1"] + (0..<300).map { "t/\($0)" } + ["u/1"])
    #expect(found.map(\.qos) == [1] + Array(repeating: 0, count: 300) + [1])
    #expect(found.allSatisfy { $0.properties.numbers == [0x0B: [7]] })
  }

  @Test(arguments: [0, 1])
  func `what comes live meanwhile comes behind, and no topic goes back in time`(qos: Int) {
    fill(300, qos: qos)
    let reader = broker.connect(ConnectOptions("r").with { $0.receiveMaximum = 3 })
    reader.isBlocked = true
    reader.subscribe("t/#", options: UInt8(qos))
    // The last one's topic, without and with RETAIN, one that is new, and one that is cleared.
    publisher.publish("t/299", "live", qos: qos, id: 1)
    publisher.publish("t/298", "newer", qos: qos, id: 2, isRetain: true)
    publisher.publish("t/298", "newest", qos: qos, id: 3, isRetain: true)
    publisher.publish("t/new", "new", qos: qos, id: 4, isRetain: true)
    publisher.publish("t/297", "", qos: qos, id: 5, isRetain: true)
    let found = takeAll(reader, slowly: true)
    #expect(found.prefix(297).map(\.topic) == (0..<297).map { "t/\($0)" } && found.prefix(297).allSatisfy(\.isRetain))
    #expect(found[297].topic == "t/299" && found[297].isRetain)
    #expect(found.suffix(5).map(\.payload) == ["live", "newer", "newest", "new", ""])
    #expect(found.count == 297 + 1 + 5 && found.suffix(5).allSatisfy { !$0.isRetain })
  }

  @Test func `what waited before the SUBSCRIBE comes first`() {
    fill(100, qos: 1)
    let reader = broker.connect(ConnectOptions("r").with { $0.receiveMaximum = 1 })
    reader.subscribe("other", options: 1)
    for n in 0..<5 { publisher.publish("other", "\(n)", qos: 1, id: n + 1) }
    reader.subscribe("t/+", options: 1)
    publisher.publish("other", "5", qos: 1, id: 6)
    let found = takeAll(reader)
    #expect(found.prefix(5).map(\.payload) == ["0", "1", "2", "3", "4"] && found.last?.payload == "5")
    #expect(found.dropFirst(5).prefix(100).map(\.topic) == (0..<100).map { "t/\($0)" })
  }

  @Test func `where live messages were lost, what the store has of their topics comes`() {
    fill(200)
    let reader = broker.connect("r")
    reader.isBlocked = true
    reader.subscribe("t/+")
    // More than the queue holds.
    for n in 100..<200 { publisher.publish("t/\(n)", "new \(n)", isRetain: true) }
    #expect(broker.sum(\.droppedQueueFullNow) == 50)
    let found = takeAll(reader, slowly: true)
    #expect(Set(found.map(\.topic)).count == 200)
    for n in 100..<200 { #expect(found.last { $0.topic == "t/\(n)" }?.payload == "new \(n)") }
  }

  @Test func `messages that expire or are cleared before their turn do not come`() {
    fill(200, [2] + four(5))
    publisher.publish("t/forever", "x", isRetain: true)
    let reader = broker.connect("r")
    reader.isBlocked = true
    reader.subscribe("t/+")
    broker.advance(seconds: 6)
    let found = takeAll(reader, slowly: true)
    #expect(found.count < 50 && found.last?.topic == "t/forever")
  }

  @Test func `UNSUBSCRIBE ends a search, and what waited behind it comes`() {
    fill(500, qos: 1)
    let reader = broker.connect(ConnectOptions("r").with { $0.receiveMaximum = 2 })
    reader.subscribe("other", options: 1)
    reader.subscribe("t/+", options: 1)
    publisher.publish("other", "live", qos: 1, id: 1)
    reader.unsubscribe("t/+")
    let found = takeAll(reader)
    #expect(found.map(\.topic) == ["t/0", "t/1", "other"])
  }

  @Test func `a filter that is subscribed to again begins anew, and with other options goes on with them`() {
    fill(300, qos: 1)
    let reader = broker.connect(ConnectOptions("r").with { $0.receiveMaximum = 2 })
    reader.subscribe("t/+", options: 1)
    reader.subscribe("t/+", options: 1)
    #expect(takeAll(reader).map(\.topic) == ["t/0", "t/1"] + (0..<300).map { "t/\($0)" })
    reader.subscribe("t/+", options: 1)
    // Retain handling 2: nothing is sent for it, and what is under way has the new QoS and identifier.
    reader.subscribe("t/+", options: 0b10_0000, identifier: 5)
    let found = takeAll(reader)
    #expect(found.map(\.topic) == (0..<300).map { "t/\($0)" } && found.map(\.qos).suffix(298).allSatisfy { $0 == 0 })
    #expect(found.suffix(298).allSatisfy { $0.properties.numbers == [0x0B: [5]] })
  }

  @Test func `a client that ends while it is searched for leaves nothing to do`() {
    fill(500)
    let reader = broker.connect("r")
    reader.isBlocked = true
    reader.subscribe("t/+")
    reader.lose()
    broker.tick()
    #expect(!broker.cores[0].isUnfinished)
    let other = broker.connect("r")
    #expect(takeAll(other).isEmpty)
  }

  @Test(arguments: [false, true])
  func `a durable session gets the rest when its client comes back`(isTakenOver: Bool) {
    fill(300, qos: 1)
    let options = ConnectOptions.durable("r").with { $0.receiveMaximum = 10 }
    let first = broker.connect(options)
    first.subscribe("t/+", options: 1)
    let before = first.takeDeliveries()
    #expect(before.count == 10)
    for delivery in before.prefix(5) { first.puback(delivery.packetID) }
    let more = first.takeDeliveries()
    if !isTakenOver { first.lose() }
    publisher.publish("t/live", "live", qos: 1, id: 1)
    let second = broker.connect(options)
    // What was not acknowledged comes again first.
    let rest = takeAll(second)
    #expect(rest.prefix(10).map(\.topic) == (5..<15).map { "t/\($0)" } && more.count == 5)
    #expect(rest.dropFirst(10).map(\.topic) == (15..<300).map { "t/\($0)" } + ["t/live"])
    #expect(broker.sum(\.droppedQueueFullNow) == 0)
  }

  @Test func `many clients that search at once all get all, in turns`() {
    fill(200)
    let readers = (0..<100).map { broker.connect("r\($0)", shard: $0 % 2) }
    for reader in readers { reader.subscribe("t/#") }
    for _ in 0..<200 { broker.tick() }
    for reader in readers {
      #expect(reader.takeDeliveries().map(\.topic) == (0..<200).map { "t/\($0)" })
    }
    #expect(!broker.cores[0].isUnfinished && !broker.cores[1].isUnfinished)
  }

  @Test func `clients that subscribe again and again wait for each other, however many they are`() {
    fill(200)
    let clients = (0..<50).map { broker.connect("c\($0)") }
    let subscribe = packet(0x82, two(1), [0], text("t/#"), [0])
    for client in clients { client.send((0..<20).flatMap { _ in subscribe }) }
    for _ in 0..<1000 where broker.cores[0].isUnfinished { broker.tick() }
    for client in clients {
      let found = client.takeDeliveries().map(\.topic)
      #expect(found.suffix(200) == (0..<200).map { "t/\($0)" } && !client.isPaused)
    }
    #expect(!broker.cores[0].isUnfinished)
  }

  @Test func `below a mount point a search finds what lies there, by the names that it has there`() {
    for n in 0..<200 { publisher.publish("plants/7/t/\(n)", payload(n, 100), isRetain: true) }
    fill(10)
    let reader = broker.open(mountPoint: MountPoint("plants/7"))
    reader.send(ConnectOptions("r").bytes)
    reader.dropConnack()
    reader.subscribe("#")
    #expect(takeAll(reader).map(\.topic) == (0..<200).map { "t/\($0)" })
  }

  @Test func `a full store makes room of what has expired at once`() {
    let broker = TestBroker { $0.retainedMessagesMax = 1_000 }
    let publisher = broker.connect("p")
    for n in 0..<1_000 { publisher.publish("t/\(n)", "x", isRetain: true, [2] + four(n < 900 ? 5 : 50)) }
    publisher.publish("late", "x", isRetain: true)
    #expect(broker.state.retained.size.messages == 1_000)
    broker.advance(seconds: 6)
    for n in 0..<900 { publisher.publish("u/\(n)", "x", isRetain: true) }
    publisher.publish("late", "x", isRetain: true)
    #expect(broker.state.retained.size.messages == 1_000)
    broker.advance(seconds: 50)
    publisher.publish("late", "x", isRetain: true)
    let reader = broker.connect("r")
    reader.subscribe("#")
    for _ in 0..<20 { broker.tick() }
    #expect(Set(reader.takeDeliveries().map(\.topic)) == Set(["late"] + (0..<900).map { "u/\($0)" }))
  }
}
