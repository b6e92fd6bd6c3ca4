import BrokerCore
import MQTTCodec
import Testing

/// Topic aliases from the server to its clients (MQTT 5.0 section 3.3.2.3.4).
struct SentAliasTests {
  private let broker = TestBroker { $0.topicAliasMaximum = 3 }
  private let publisher: TestConnection

  init() { publisher = broker.connect("p") }

  private func subscriber(_ maximum: Int?, _ change: (inout ConnectOptions) -> Void = { _ in }) -> TestConnection {
    var options = ConnectOptions("s")
    options.topicAliasMaximum = maximum
    change(&options)
    let subscriber = broker.connect(options)
    subscriber.subscribe("#", options: 1)
    return subscriber
  }

  private func names(_ connection: TestConnection) -> [String] {
    connection.takeDeliveries().map { "\($0.topic):\($0.properties.numbers[0x23]?.first ?? 0)" }
  }

  @Test(arguments: [0, 1])
  func `a topic is named once with its alias, and is the alias alone from then on`(qos: Int) {
    let subscriber = subscriber(2)
    for n in 1...3 { publisher.publish("a", "\(n)", qos: qos, id: n) }
    publisher.publish("b")
    publisher.publish("a")
    #expect(names(subscriber) == ["a:1", ":1", ":1", "b:2", ":1"])
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 3), (65_535, 3)])
  func `there are no more aliases than client and server take`(asked: Int, given: Int) {
    let subscriber = subscriber(asked)
    for topic in ["a", "b", "c", "d", "d", "a"] { publisher.publish(topic) }
    let first = ["a:1", "b:2", "c:3", "d:0"].enumerated().map { $0 < given ? $1 : $1.prefix(1) + ":0" }
    #expect(names(subscriber) == first + ["d:0", ":1"])
  }

  @Test func `a client that asks for no aliases, or whose version has none, gets none`() {
    let clients = [
      subscriber(nil), subscriber(0) { $0.clientID = "t" },
      subscriber(nil) {
        $0.clientID = "u"; $0.version = .v3_1_1
      },
    ]
    for _ in 0..<2 { publisher.publish("a") }
    for client in clients { #expect(names(client) == ["a:0", "a:0"]) }
  }

  @Test func `a new connection starts without aliases`() {
    let durable: (inout ConnectOptions) -> Void = {
      $0.cleanStart = false
      $0.sessionExpiry = 60
    }
    let first = subscriber(2, durable)
    publisher.publish("a", qos: 1, id: 1)
    #expect(names(first) == ["a:1"])
    first.lose()
    publisher.publish("a", qos: 1, id: 2)
    let again = subscriber(2, durable)
    #expect(names(again) == ["a:0", "a:0"])
    publisher.publish("a", qos: 1, id: 3)
    #expect(names(again) == ["a:1"])
  }

  @Test func `an alias is never what makes a packet too large`() {
    let subscriber = subscriber(2) { $0.packetBytesMax = 30 }
    // 30 bytes without an alias, 33 with it; the next has room for it.
    publisher.publish("topic", String(repeating: "x", count: 20))
    publisher.publish("topic", String(repeating: "x", count: 21))
    publisher.publish("topic", "y")
    publisher.publish("topic", String(repeating: "z", count: 21))
    let deliveries = subscriber.takeDeliveries()
    #expect(deliveries.map { $0.payload.prefix(1) } == ["x", "y", "z"])
    #expect(deliveries.map(\.topic) == ["topic", "topic", ""])
    #expect(broker.cores[0].counters.droppedTooLarge.now == 1)
  }

  @Test func `a message that is not sent sets no alias`() {
    let subscriber = subscriber(1) { $0.packetBytesMax = 30 }
    publisher.publish("long", String(repeating: "x", count: 100), qos: 1, id: 1)
    publisher.publish("a")
    #expect(names(subscriber) == ["a:1"])
  }

  @Test func `topics that are too long to be remembered don't use aliases up`() {
    let subscriber = subscriber(1)
    let long = String(repeating: "t", count: 2000)
    for _ in 0..<3 { publisher.publish(long) }
    publisher.publish("a")
    #expect(names(subscriber) == ["\(long):0", "\(long):0", "\(long):0", "a:1"])
  }

  @Test func `clients with and without aliases get the same message`() {
    let with = subscriber(1)
    let without = subscriber(nil) { $0.clientID = "t" }
    publisher.publish("a", "1", [3] + text("json"))
    publisher.publish("a", "2", [3] + text("json"))
    let plain = without.takeDeliveries()
    let short = with.takeDeliveries()
    #expect(plain.map(\.payload) == ["1", "2"] && short.map(\.payload) == ["1", "2"])
    #expect(short.allSatisfy { $0.properties.texts == [3: ["json"]] })
  }
}
