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
    broker.advance(seconds: 6)
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
}
