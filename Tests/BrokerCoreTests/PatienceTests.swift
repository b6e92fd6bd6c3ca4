import BrokerCore
import MQTTCodec
import Synchronization
import Testing

/// Records wait for connected subscribers, but not forever for one that is slow.
struct PatienceTests {
  private let broker = TestBroker(shards: 2) { $0.acknowledgeTimeoutSeconds = 10 }
  private let source = FakeSource()
  private let deaf: TestConnection

  init() {
    deaf = broker.connect(ConnectOptions("deaf").with { $0.receiveMaximum = 2 }, shard: 1)
    deaf.subscribe("t", options: 2)
  }

  private func publish(_ offsets: ClosedRange<Int64>, qos: QoS = .atLeastOnce) {
    broker.post(.records(offsets.map { source.record("t", "\($0)", offset: $0, qos: qos) }), to: 0)
  }

  @Test func `records stop waiting for a subscriber that has acknowledged nothing for too long`() {
    publish(1...4)
    broker.advance(seconds: 9)
    #expect(source.completed == [] && broker.sum(\.givenUp) == 0)
    broker.advance(seconds: 2)
    #expect(source.completed == [1, 2, 3, 4] && broker.sum(\.givenUp) == 1 && broker.sum(\.openLedger) == 0)
    #expect(broker.sum(\.slowNow) == 1)
    #expect(broker.log.wholeLines.contains { $0.contains("slow subscriber") && $0.contains("deaf") })
    // It is as well served as before, and new records don't wait for it.
    publish(5...5)
    #expect(source.completed == [1, 2, 3, 4, 5])
    #expect(deaf.takeDeliveries().map(\.payload) == ["1", "2"])
    deaf.puback(1)
    deaf.puback(2)
    #expect(deaf.takeDeliveries().map(\.payload) == ["3", "4"])
  }

  @Test func `once it has caught up, records wait for it again`() {
    publish(1...3)
    broker.advance(seconds: 11)
    #expect(source.completed == [1, 2, 3])
    deaf.puback(1)
    publish(4...4)
    #expect(source.completed == [1, 2, 3, 4], "it has not caught up")
    deaf.puback(2)
    #expect(broker.sum(\.slowNow) == 1)
    // Nothing waits, and what is under way was sent just now.
    deaf.puback(3)
    #expect(broker.sum(\.slowNow) == 0)
    deaf.puback(4)
    publish(5...5)
    #expect(source.completed == [1, 2, 3, 4])
    broker.advance(seconds: 5)
    deaf.puback(5)
    #expect(source.completed == [1, 2, 3, 4, 5])
    publish(6...6)
    broker.advance(seconds: 11)
    #expect(source.completed == [1, 2, 3, 4, 5, 6] && broker.sum(\.givenUp) == 2)
    deaf.lose()
    #expect(broker.sum(\.slowNow) == 0)
  }

  @Test func `the age of the oldest counts, not that something is acknowledged`() {
    publish(1...20)
    broker.advance(seconds: 6)
    deaf.puback(2)
    broker.advance(seconds: 3)
    deaf.puback(3)
    #expect(broker.sum(\.givenUp) == 0)
    broker.advance(seconds: 2)
    #expect(source.completed.count == 20 && broker.sum(\.givenUp) == 1)
  }

  @Test func `one that is slow, and alone, is waited for as long as it acknowledges what it is sent`() {
    source.openRecordsMax.withLock { $0 = 20 }
    publish(1...20)
    for offset in Int64(1)...20 {
      broker.advance(seconds: 4)
      #expect(source.completed.count == offset - 1)
      deaf.puback(Int(offset))
    }
    #expect(source.completed.count == 20 && broker.sum(\.givenUp) == 0)
  }

  @Test func `at QoS 2 the whole exchange counts`() {
    publish(1...1, qos: .exactlyOnce)
    broker.advance(seconds: 6)
    deaf.pubrec(1)
    broker.advance(seconds: 3)
    #expect(source.completed == [])
    broker.advance(seconds: 2)
    #expect(source.completed == [1] && broker.sum(\.givenUp) == 1)
    deaf.pubcomp(1)
    #expect(broker.sum(\.slowNow) == 0)
  }

  @Test func `the time begins with what it is sent, not with its connection`() {
    broker.advance(seconds: 30)
    publish(1...1)
    broker.advance(seconds: 9)
    #expect(source.completed == [])
    deaf.puback(1)
    broker.advance(seconds: 30)
    publish(2...2)
    broker.advance(seconds: 9)
    #expect(source.completed == [1] && broker.sum(\.givenUp) == 0)
  }

  @Test func `others of its messages are no reason to give it up`() {
    let publisher = broker.connect("p")
    publisher.publish("t", "x", qos: 1, id: 1)
    broker.advance(seconds: 30)
    #expect(broker.sum(\.givenUp) == 0)
  }

  @Test func `what waits beyond the bounds of a queue is cut once no record waits for it`() {
    let broker = TestBroker {
      $0.acknowledgeTimeoutSeconds = 10
      $0.queueMessagesMax = 3
    }
    let deaf = broker.connect(ConnectOptions("deaf").with { $0.receiveMaximum = 1 })
    deaf.subscribe("t", options: 1)
    broker.post(.records((1...9).map { source.record("t", "\($0)", offset: $0) }), to: 0)
    broker.advance(seconds: 11)
    #expect(source.completed.count == 9 && broker.sum(\.droppedQueueFullNow) == 5)
    for id in 1...4 { deaf.puback(id) }
    #expect(deaf.takeDeliveries().map(\.payload) == ["1", "2", "3", "4"])
  }
}
