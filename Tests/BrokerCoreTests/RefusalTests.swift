import BrokerCore
import MQTTCodec
import Testing

/// What clients are told when they are refused, where that is the operator's choice.
struct RefusalTests {
  private func broker(reveals: Bool) -> TestBroker {
    var choices = ProtocolChoices()
    choices.revealsRefusals = reveals
    let broker = TestBroker(choices: choices) { $0.subscriptionsPerSessionMax = 1 }
    broker.grants.change {
      $0.subscribe = ["no/#"]
      $0.publish = ["no/#"]
    }
    return broker
  }

  @Test(arguments: [(true, 0x87 as UInt8, 0x97 as UInt8), (false, 0x80, 0x80)])
  func `a refused subscription is told why only where that is revealed`(
    reveals: Bool, denied: UInt8, full: UInt8
  ) {
    let client = broker(reveals: reveals).connect("c")
    #expect(client.subscribe("no/#") == denied)
    #expect(client.subscribe("yes", options: 1) == 1)
    #expect(client.subscribe("another") == full)
    #expect(broker(reveals: reveals).connect("c", .v3_1_1).subscribe("no/#") == 0x80)
  }

  @Test(arguments: [(true, ReasonCode.notAuthorized), (false, .unspecifiedError)])
  func `a denied publish is told why only where that is revealed`(reveals: Bool, reason: ReasonCode) {
    let broker = broker(reveals: reveals)
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    let client = broker.connect("c")
    client.publish("no/x", qos: 1, id: 1)
    client.publish("no/x", qos: 2, id: 2)
    #expect(client.take() == [.puback(1, reason), .pubrec(2, reason)])
    let older = broker.connect("o", .v3_1_1)
    older.publish("no/x", qos: 1, id: 1)
    #expect(older.take() == [.puback(1)] && watcher.take() == [])
  }

  @Test(arguments: [true, false])
  func `reason strings are sent only where refusals are revealed`(reveals: Bool) {
    let client = broker(reveals: reveals).connect("c")
    client.send(packet(0xC1))
    #expect(client.isClosed && (client.received.count > 10) == reveals)
    #expect(client.take() == [.disconnect(.malformedPacket)])
  }
}
