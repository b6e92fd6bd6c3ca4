import BrokerCore
import MQTTCodec
import Testing

/// Maximum Packet Size of a client holds for every packet (MQTT 5.0 section 3.1.2.11.4).
struct PacketSizeTests {
  private let broker = TestBroker()

  @Test func `a client that takes no CONNACK with the server's bounds is refused in as many bytes as it takes`() {
    for maximum in 1...15 {
      let client = broker.request(
        ConnectOptions("c").with {
          $0.packetBytesMax = maximum; $0.will = WillOptions()
        })
      #expect(client.isClosed && client.received.count <= maximum)
      #expect(client.take() == (maximum < 5 ? [] : [.connack(isPresent: false, code: 0x95, PropertyList())]))
    }
    #expect(broker.sum(\.openSessions) == 0 && broker.sum(\.accepted) == 0)
    let client = broker.connect(ConnectOptions("c").with { $0.packetBytesMax = 40 })
    client.ping()
    #expect(client.take() == [.pingresp])
  }

  @Test func `a SUBACK or UNSUBACK that is larger than the client takes ends its connection`() {
    let filters = (0..<100).map { text("f\($0)") }
    for bytes in [
      packet(0x82, two(1), [0], filters.flatMap { $0 + [0] }), packet(0xA2, two(1), [0], filters.flatMap(\.self)),
    ] {
      let client = broker.connect(ConnectOptions("c").with { $0.packetBytesMax = 50 })
      client.send(bytes)
      #expect(client.isClosed && client.take() == [.disconnect(.packetTooLarge)])
    }
    #expect(broker.sum(\.openSubscriptions) == 0)
  }
}

extension ShardCounters {
  fileprivate var accepted: Int { connectsAccepted.now }
}
