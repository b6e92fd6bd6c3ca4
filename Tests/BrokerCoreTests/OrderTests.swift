import MQTTCodec
import Testing

@testable import BrokerCore

/// Messages of one topic and QoS reach a subscriber in the order in which they were published [MQTT-4.6.0-5], also
/// where some wait and others need not.
struct OrderTests {
  private static let old = String(repeating: "o", count: 100)

  /// The socket took a part of what waited: there is room again, but the core was not told yet.
  private func takePart(_ client: TestConnection) {
    client.broker.tick()
    client.backlogBytes = 0
  }

  @Test func `a live message of QoS 0 does not overtake a retained one that waits`() {
    let broker = TestBroker { $0.outputBytesMax = 300 }
    let publisher = broker.connect("p")
    for n in 0..<10 { publisher.publish("r/\(n)", Self.old, isRetain: true) }
    let client = broker.connect("c")
    client.isBlocked = true
    client.subscribe("r/#")
    for n in 0..<10 {
      takePart(client)
      publisher.publish("r/\(n)", "new")
    }
    // A record that waits at QoS 0 waits for no acknowledgement.
    let source = FakeSource()
    takePart(client)
    broker.post(.records([source.record("r/0", "record", offset: 1)]), to: 0)
    #expect(source.completed == [1] && broker.sum(\.openLedger) == 0)
    client.unblock()
    for _ in 0..<20 { broker.tick() }
    let deliveries = client.takeDeliveries()
    for n in 0..<10 {
      let expected = [Self.old, "new"] + (n == 0 ? ["record"] : [])
      #expect(deliveries.filter { $0.topic == "r/\(n)" }.map(\.payload) == expected)
    }
  }

  @Test(arguments: [1, 2])
  func `a new message does not overtake those that wait for the socket`(qos: Int) {
    let broker = TestBroker { $0.outputBytesMax = 300 }
    let publisher = broker.connect("p")
    let client = broker.connect("c")
    client.subscribe("t", options: UInt8(qos))
    client.isBlocked = true
    let payloads = (0..<6).map { "\($0)" + Self.old }
    for (n, payload) in payloads.enumerated() { publisher.publish("t", payload, qos: qos, id: n + 1) }
    takePart(client)
    publisher.publish("t", "new", qos: qos, id: 10)
    client.unblock()
    for _ in 0..<10 { broker.tick() }
    #expect(client.takeDeliveries().map(\.payload) == payloads + ["new"])
  }

  @Test(arguments: [1, 2])
  func `a new message does not overtake what is to be sent again`(qos: Int) {
    let broker = TestBroker { $0.outputBytesMax = 300 }
    let publisher = broker.connect("p")
    let first = broker.connect(.durable("c"))
    first.subscribe("t", options: UInt8(qos))
    let payloads = (0..<6).map { "\($0)" + Self.old }
    for (n, payload) in payloads.enumerated() { publisher.publish("t", payload, qos: qos, id: n + 1) }
    #expect(first.takeDeliveries().map(\.payload) == payloads)
    first.lose()
    let again = broker.open()
    again.isBlocked = true
    again.send(ConnectOptions.durable("c").bytes)
    takePart(again)
    publisher.publish("t", "new", qos: qos, id: 10)
    again.unblock()
    for _ in 0..<10 { broker.tick() }
    #expect(again.takeDeliveries().map(\.payload) == payloads + ["new"])
  }
}
