import BrokerCore
import MQTTCodec
import Testing

struct TopicAliasTests {
  private let broker = TestBroker()
  private let watcher: TestConnection
  private let alias3: [UInt8] = [0x23, 0, 3]

  init() {
    watcher = broker.connect("watcher")
    watcher.subscribe("#")
  }

  @Test func `an alias stands for its topic until it is set anew`() {
    let client = broker.connect("c")
    client.publish("a", "1", alias3)
    client.publish("", "2", qos: 1, id: 1, alias3)
    client.publish("b", "3", alias3)
    client.publish("", "4", alias3)
    let deliveries = watcher.takeDeliveries()
    #expect(deliveries.map(\.topic) == ["a", "a", "b", "b"])
    #expect(deliveries.allSatisfy { $0.properties == PropertyList() })
  }

  @Test(arguments: [0, 33, 65_535])
  func `an alias outside the server's maximum is refused`(alias: Int) {
    let client = broker.connect("c")
    client.publish("a", "1", [0x23] + two(alias))
    #expect(client.take() == [.disconnect(.topicAliasInvalid)])
  }

  @Test func `an alias that was not set is a protocol error`() {
    let client = broker.connect("c")
    client.publish("", "1", alias3)
    #expect(client.take() == [.disconnect(.protocolError)])
  }

  @Test func `aliases end with their connection`() {
    broker.connect(.durable("c")).publish("a", "1", alias3)
    let again = broker.connect(.durable("c"))
    again.publish("", "2", alias3)
    #expect(again.isClosed)
  }

  @Test func `an alias does not reach a topic that the client may not publish to`() {
    broker.grants.change { $0.publish = ["no"] }
    let client = broker.connect("c")
    client.publish("no", "1", qos: 1, id: 1, alias3)
    client.publish("", "2", qos: 1, id: 2, alias3)
    #expect(client.take() == [.puback(1, .notAuthorized), .puback(2, .notAuthorized)])
    #expect(watcher.take() == [])
  }

  @Test func `a repeated QoS 2 publish sets its alias on the new connection too`() {
    broker.connect(.durable("c")).publish("a", "1", qos: 2, id: 1, alias3)
    let again = broker.connect(.durable("c"))
    again.publish("a", "1", qos: 2, id: 1, isDuplicate: true, alias3)
    again.publish("", "2", alias3)
    #expect(again.take() == [.pubrec(1)])
    #expect(watcher.takeDeliveries().map(\.payload) == ["1", "2"])
  }

  @Test func `an invalid topic name sets no alias`() {
    let client = broker.connect("c")
    client.publish("a/+", "1", alias3)
    #expect(client.take() == [.disconnect(.topicNameInvalid)])
  }
}
