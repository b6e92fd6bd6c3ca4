import BrokerCore
import MQTTCodec
import Testing

/// Acknowledgements of another kind than the delivery's QoS asks for (MQTT 5.0 section 4.3).
struct AcknowledgementKindTests {
  private let broker = TestBroker()

  /// A subscriber with one delivery at a QoS in flight, and its packet identifier.
  private func subscriber(qos: Int, _ version: ProtocolVersion) -> (client: TestConnection, id: Int) {
    let client = broker.connect(.durable("s", version))
    client.subscribe("t", options: UInt8(qos))
    broker.connect("p").publish("t", "1", qos: qos, id: 1)
    return (client, client.takeDeliveries().first?.packetID ?? 0)
  }

  @Test(
    arguments: [(1, 0x50), (1, 0x70), (2, 0x40), (2, 0x70)] as [(Int, UInt8)],
    [.v3_1, .v3_1_1, .v5] as [ProtocolVersion])
  func `one of the wrong kind closes the connection, and the delivery comes again`(
    delivery: (qos: Int, first: UInt8), version: ProtocolVersion
  ) {
    let (client, id) = subscriber(qos: delivery.qos, version)
    client.send(packet(delivery.first, two(id)))
    #expect(client.isClosed && client.take() == (version == .v5 ? [.disconnect(.protocolError)] : []))
    let again = broker.connect(.durable("s", version)).takeDeliveries()
    #expect(again.map(\.packetID) == [id] && again.allSatisfy(\.isDuplicate))
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `a PUBACK behind a PUBREC closes the connection, and PUBREL is sent again`(version: ProtocolVersion) {
    let (client, id) = subscriber(qos: 2, version)
    client.pubrec(id)
    client.received = []
    client.puback(id)
    #expect(client.isClosed)
    #expect(broker.connect(.durable("s", version)).take() == [.pubrel(id)])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `acknowledgements that come twice do no harm`(version: ProtocolVersion) {
    let (client, id) = subscriber(qos: 2, version)
    // One behind it stays open, so that the first identifier is still remembered.
    client.subscribe("u", options: 1)
    broker.connect("p").publish("u", "2", qos: 1, id: 2)
    let other = client.takeDeliveries().first?.packetID ?? 0
    for _ in 0..<2 { client.pubrec(id) }
    for _ in 0..<2 { client.pubcomp(id) }
    #expect(client.take() == [.pubrel(id), .pubrel(id)])
    for _ in 0..<2 { client.puback(other) }
    #expect(client.take() == [] && !client.isClosed)
  }

  @Test(arguments: ["", "a/#/b", "a+", "#/", "$share/g", "$share//a", "$share/g+/a"], ProtocolVersion.allCases)
  func `a filter in UNSUBSCRIBE that is none closes the connection, also beside good ones`(
    filter: String, version: ProtocolVersion
  ) {
    let client = broker.connect(.durable("s", version))
    client.subscribe("good")
    client.received = []
    client.unsubscribe("good", filter, "other")
    #expect(client.isClosed && client.take() == (version == .v5 ? [.disconnect(.topicFilterInvalid)] : []))
    // It has no effect.
    let again = broker.connect(.durable("s", version))
    broker.connect("p").publish("good", "1", qos: 0)
    #expect(again.takeDeliveries().count == 1)
  }
}
