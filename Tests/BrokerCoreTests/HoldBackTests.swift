import BrokerCore
import MQTTCodec
import Testing

/// A shard with more mail than it keeps up with holds back those who publish to it, and nobody else.
struct HoldBackTests {
  private let broker = TestBroker(shards: 2)
  private let publisher: TestConnection
  private let subscriber: TestConnection

  init() {
    publisher = broker.connect("p")
    subscriber = broker.connect("s", shard: 1)
    subscriber.subscribe("far")
  }

  private func publishes(_ payloads: String...) -> [UInt8] {
    payloads.flatMap { packet(0x30, text("far"), [0], Array($0.utf8)) }
  }

  @Test func `a client is not read from while its publishes go to a shard that is behind`() {
    broker.behind = [1]
    publisher.send(publishes("1", "2", "3"))
    #expect(publisher.isPaused && publisher.unused.count == publishes("2", "3").count)
    #expect(subscriber.takeDeliveries().map(\.payload) == ["1"])
    // Word comes, but it is behind again.
    broker.round(0) { $0.relieve() }
    broker.settle()
    #expect(publisher.isPaused && subscriber.takeDeliveries().map(\.payload) == ["2"])
    broker.behind = []
    broker.round(0) { $0.relieve() }
    broker.settle()
    #expect(!publisher.isPaused && subscriber.takeDeliveries().map(\.payload) == ["3"])
  }

  @Test func `who publishes elsewhere goes on`() {
    broker.behind = [1]
    publisher.send(publishes("1"))
    let other = broker.connect("other")
    other.subscribe("near")
    other.publish("near", "x")
    other.publish("near", "y", qos: 1, id: 1)
    #expect(!other.isPaused && other.takeDeliveries().map(\.payload) == ["x", "y"])
  }

  @Test func `a member of a share group on a shard that is behind counts as well`() {
    subscriber.subscribe("$share/g/shared")
    broker.behind = [1]
    publisher.publish("shared")
    #expect(publisher.isPaused)
  }

  @Test func `word that does not come is not waited for longer than until the next tick`() {
    broker.behind = [1]
    publisher.send(publishes("1", "2"))
    broker.behind = []
    broker.advance(seconds: 1)
    #expect(!publisher.isPaused && subscriber.takeDeliveries().map(\.payload) == ["1", "2"])
  }

  @Test func `a client that is held back is not taken for silent`() {
    let patient = broker.connect(ConnectOptions("patient").with { $0.keepAlive = 2 })
    patient.publish("far")
    broker.behind = [1]
    for _ in 0..<10 {
      patient.send(publishes("x", "y"))
      broker.advance(seconds: 1)
    }
    #expect(!patient.isClosed)
  }

  @Test func `a 3_x client that is owed too many acknowledgements stays paused when the shard has caught up`() {
    let broker = TestBroker(shards: 2) { $0.receiveMaximum = 2 }
    let subscriber = broker.connect("s", shard: 1)
    subscriber.subscribe("k/far")
    let old = broker.connect("old", .v3_1_1)
    broker.behind = [1]
    old.publish("k/far", qos: 1, id: 1)
    broker.round(0) { $0.relieve() }
    broker.settle()
    #expect(!old.isPaused)
    old.publish("k/far", qos: 1, id: 2)
    broker.behind = []
    broker.round(0) { $0.relieve() }
    broker.settle()
    #expect(old.isPaused)
    broker.discharge(broker.outlet.takeTokens())
    #expect(!old.isPaused)
  }
}
