import BrokerCore
import MQTTCodec
import Synchronization
import Testing

/// One slow subscriber must not hold everybody's records: a partition that is full because of it goes on at once.
struct SlowSubscriberTests {
  private let broker = TestBroker(shards: 3) { $0.acknowledgeTimeoutSeconds = 60 }
  private let source = FakeSource()
  /// Records of the test's partition that may be open.
  private static let openRecordsMax = 100

  init() { source.openRecordsMax.withLock { $0 = Self.openRecordsMax } }

  private func subscriber(_ name: String, shard: Int, qos: UInt8, _ filter: String = "#") -> TestConnection {
    let client = broker.connect(ConnectOptions(name).with { $0.receiveMaximum = 20 }, shard: shard)
    client.subscribe(filter, options: qos)
    return client
  }

  private func publish(_ offsets: ClosedRange<Int64>, topic: (Int64) -> String = { _ in "t" }) {
    broker.post(
      .records(offsets.map { source.record(topic($0), "\($0)", offset: $0, qos: .exactlyOnce) }), to: 0)
  }

  /// Acknowledges what came, at most so many, and returns how many those were.
  @discardableResult
  private func acknowledge(_ client: TestConnection, atMost count: Int = .max) -> Int {
    var done = 0
    while done < count {
      let packets = client.take()
      if packets.isEmpty { break }
      for packet in packets {
        switch packet {
        case .publish(let delivery):
          let id = delivery.packetID
          guard id != 0 else { continue }
          if delivery.qos == 2 { client.pubrec(id) } else { client.puback(id) }
          done += delivery.qos == 2 ? 0 : 1
        case .pubrel(let id, _):
          client.pubcomp(id)
          done += 1
        default: break
        }
      }
    }
    return done
  }

  private func advance(milliseconds: Int64) {
    for _ in 0..<(milliseconds / 250) {
      broker.now += 250
      broker.tick()
    }
  }

  @Test(arguments: [0, 1, 2], [1, 2])
  func `a full partition goes on within two seconds, wherever the slow one is`(shard: Int, qos: UInt8) {
    let fast = subscriber("fast", shard: 1, qos: qos)
    let slow = subscriber("slow", shard: shard, qos: qos)
    publish(1...100)
    #expect(acknowledge(fast) == 100 && source.completed == [])
    advance(milliseconds: 2000)
    #expect(source.completed.count == 100 && broker.sum(\.givenUp) == 1 && broker.sum(\.openLedger) == 0)
    #expect(broker.log.wholeLines.contains { $0.contains("slow subscriber") && $0.contains("client=slow") })
    publish(101...300)
    #expect(acknowledge(fast) == 200 && source.completed.count == 300, "nothing waits for the slow one any longer")
    // It gets all that its queue holds, and counts again.
    #expect(acknowledge(slow) == 300)
    #expect(broker.sum(\.slowNow) == 0)
    publish(301...301)
    acknowledge(fast)
    #expect(source.completed.count == 300)
    acknowledge(slow)
    #expect(source.completed.count == 301)
  }

  @Test func `one that does acknowledge, but slowly, is given up as well`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    let slow = subscriber("slow", shard: 0, qos: 1)
    publish(1...100)
    acknowledge(fast)
    for id in 1...4 {
      advance(milliseconds: 500)
      slow.puback(id)
    }
    #expect(source.completed.count == 100)
  }

  @Test func `several slow ones are given up together`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    for number in 0..<6 { _ = subscriber("slow\(number)", shard: number % 3, qos: UInt8(1 + number % 2)) }
    publish(1...100)
    acknowledge(fast)
    advance(milliseconds: 2000)
    #expect(source.completed.count == 100 && broker.sum(\.givenUp) == 6 && broker.sum(\.slowNow) == 6)
  }

  @Test(arguments: [0, 1])
  func `subscribers of QoS 0 are not held either`(shard: Int) {
    _ = subscriber("fast", shard: shard, qos: 0)
    _ = subscriber("slow", shard: 2, qos: 1)
    publish(1...100)
    advance(milliseconds: 2000)
    #expect(source.completed.count == 100 && broker.sum(\.givenUp) == 1)
  }

  @Test(arguments: [0, 1])
  func `one that has a topic of its own does not hold the others' topics`(shard: Int) {
    let fast = subscriber("fast", shard: 0, qos: 1, "a")
    _ = subscriber("slow", shard: shard, qos: 1, "b")
    publish(1...190) { $0 % 2 == 0 ? "a" : "b" }
    acknowledge(fast)
    source.openRecordsMax.withLock { $0 = 95 }
    advance(milliseconds: 2000)
    #expect(source.completed.count == 190 && broker.sum(\.givenUp) == 1)
  }

  @Test func `one that withholds a single record does not hold those behind it`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    let slow = subscriber("slow", shard: 1, qos: 1)
    publish(1...50)
    acknowledge(fast)
    // All but the first.
    for id in 2...50 { slow.puback(id) }
    #expect(source.completed.count == 49)
    // Full by what is held behind it.
    source.openRecordsMax.withLock { $0 = 1 }
    advance(milliseconds: 2000)
    #expect(source.completed.count == 50)
  }

  @Test func `who is alone, or as fast as the others, is slowed down and loses nothing`() {
    let clients = (0..<3).map { subscriber("c\($0)", shard: $0, qos: 1) }
    _ = subscriber("away", shard: 1, qos: 1)
    publish(1...100)
    var next = 1
    for step in 0..<50 {
      advance(milliseconds: 500)
      // The others are a little ahead, and one of them leaves.
      for (number, client) in clients.enumerated() where number < 2 || step < 5 {
        client.puback(next)
        client.puback(next + 1)
      }
      if step == 5 { clients[2].lose() }
      next += 2
      if step == 0 { broker.cores[1].lost(broker.connect("away", shard: 1)) }
    }
    #expect(source.completed.count == 100 && broker.sum(\.givenUp) == 0)
  }

  @Test func `what ended because its receiver left is no sign that others are ahead`() {
    let leaving = subscriber("leaving", shard: 1, qos: 1)
    let slow = subscriber("slow", shard: 0, qos: 1)
    publish(1...100)
    leaving.lose()
    for id in 1...10 {
      advance(milliseconds: 1000)
      slow.puback(id)
    }
    #expect(broker.sum(\.givenUp) == 0)
  }

  @Test func `records that nobody receives are no sign that others are ahead`() {
    let slow = subscriber("slow", shard: 1, qos: 1, "a")
    let away = broker.connect(.durable("away"), shard: 2)
    away.subscribe("b", options: 1)
    away.lose()
    publish(1...200) { ["a", "b", "c"][Int($0 % 3)] }
    source.openRecordsMax.withLock { $0 = 50 }
    for id in 1...20 {
      advance(milliseconds: 1000)
      slow.puback(id)
    }
    #expect(broker.sum(\.givenUp) == 0 && source.completed.count == 154)
  }

  @Test func `a partition that has room is no reason`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    let slow = subscriber("slow", shard: 1, qos: 1)
    publish(1...99)
    acknowledge(fast)
    advance(milliseconds: 5000)
    #expect(source.completed.isEmpty && broker.sum(\.givenUp) == 0)
    acknowledge(slow)
    #expect(source.completed.count == 99)
  }

  @Test func `what waits in a queue for the timeout is enough once others have it`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    let slow = subscriber("slow", shard: 1, qos: 1)
    publish(1...90)
    acknowledge(fast)
    for id in 1...70 {
      advance(milliseconds: 1000)
      slow.puback(id)
    }
    // Nothing that it was sent was older than 20 s.
    #expect(source.completed.count == 90 && broker.sum(\.givenUp) == 1)
  }

  @Test func `one that comes back without having caught up is still not waited for`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    let options = ConnectOptions.durable("slow").with { $0.receiveMaximum = 20 }
    broker.connect(options).subscribe("#", options: 1)
    publish(1...100)
    acknowledge(fast)
    advance(milliseconds: 2000)
    #expect(source.completed.count == 100)
    // It takes over from its first connection.
    let slow = broker.connect(options)
    #expect(broker.sum(\.slowNow) == 1)
    publish(101...200)
    acknowledge(fast)
    #expect(source.completed.count == 200)
    #expect(acknowledge(slow) == 200 && broker.sum(\.slowNow) == 0)
    slow.lose()
    #expect(broker.sum(\.slowNow) == 0)
  }

  @Test func `one whose session ended with its connection is on probation when it comes back`() {
    let fast = subscriber("fast", shard: 0, qos: 1)
    var slow = subscriber("slow", shard: 1, qos: 1)
    publish(1...100)
    acknowledge(fast)
    advance(milliseconds: 2000)
    for round in 1...3 {
      slow.lose()
      #expect(broker.sum(\.slowNow) == 0)
      slow = subscriber("slow", shard: round % 3, qos: 1)
      #expect(broker.sum(\.slowNow) == 1)
      let first = Int64(round) * 100 + 1
      publish(first...(first + 99))
      #expect(acknowledge(fast) == 100 && source.completed.count == (round + 1) * 100)
    }
    #expect(acknowledge(slow) == 100 && broker.sum(\.slowNow) == 0 && broker.sum(\.givenUp) == 1)
    slow.lose()
    _ = subscriber("slow", shard: 2, qos: 1)
    #expect(broker.sum(\.slowNow) == 0)
  }

  @Test func `the others of a share group get what a slow member would have got`() {
    let fast = subscriber("fast", shard: 0, qos: 1, "$share/g/#")
    let slow = subscriber("slow", shard: 1, qos: 1, "$share/g/#")
    publish(1...200)
    #expect(acknowledge(fast) == 100)
    advance(milliseconds: 2000)
    // What it was not sent yet, too.
    #expect(acknowledge(fast) == 80)
    #expect(source.completed.count == 200 && broker.sum(\.givenUp) == 1)
    publish(201...300)
    #expect(acknowledge(fast) == 100)
    #expect(acknowledge(slow) == 20)
    publish(301...310)
    #expect(acknowledge(fast) == 5 && acknowledge(slow) == 5)
  }
}
