import MQTTCodec
import Testing

@testable import BrokerCore

/// Listeners that offer less than all of MQTT (MQTT 5.0 sections 3.2.2.3.4 and 3.2.2.3.5).
struct OfferedFeatureTests {
  private func broker(_ qos: QoS, retain: Bool = true) -> TestBroker {
    TestBroker {
      $0.maximumQoS = qos
      $0.isRetainAvailable = retain
    }
  }

  @Test(arguments: [(QoS.atMostOnce, true), (.atLeastOnce, false), (.exactlyOnce, true)])
  func `CONNACK tells what is not offered`(qos: QoS, retain: Bool) {
    guard case .connack(_, 0, let told)? = broker(qos, retain: retain).request(ConnectOptions("c")).take().first else {
      Issue.record("not let in")
      return
    }
    #expect(told.numbers[0x24] == (qos == .exactlyOnce ? nil : [Int(qos.rawValue)]))
    #expect(told.numbers[0x25] == (retain ? nil : [0]))
  }

  @Test(arguments: [QoS.atMostOnce, .atLeastOnce], ProtocolVersion.allCases)
  func `a publish above the maximum QoS ends the connection, and one at it is taken`(
    qos: QoS, version: ProtocolVersion
  ) {
    let broker = broker(qos)
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    let client = broker.connect("c", version)
    client.publish("t", "ok", qos: Int(qos.rawValue), id: 1)
    #expect(!client.isClosed)
    client.received = []
    client.publish("t", "no", qos: Int(qos.rawValue) + 1, id: 2)
    #expect(client.isClosed && client.take() == (version == .v5 ? [.disconnect(.qosNotSupported)] : []))
    #expect(watcher.takeDeliveries().map(\.payload) == ["ok"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `where RETAIN is not offered, a publish with it ends the connection`(version: ProtocolVersion) {
    let broker = broker(.exactlyOnce, retain: false)
    let client = broker.connect("c", version)
    client.publish("t", "no", qos: 1, id: 2, isRetain: true)
    #expect(client.isClosed && client.take() == (version == .v5 ? [.disconnect(.retainNotSupported)] : []))
    #expect(broker.state.retained.size == (0, 0))
  }

  @Test func `a will that is not offered is refused`() {
    let broker = broker(.atLeastOnce, retain: false)
    for (will, code) in [(WillOptions(qos: 2), 0x9B), (WillOptions(isRetain: true), 0x9A)] as [(WillOptions, UInt8)] {
      let client = broker.request(ConnectOptions("c").with { $0.will = will })
      #expect(client.take() == [.connack(isPresent: false, code: code, PropertyList())] && client.isClosed)
      let older = broker.request(ConnectOptions("c", .v3_1_1).with { $0.will = will })
      #expect(older.isClosed)
    }
    #expect(broker.connect(ConnectOptions("c").with { $0.will = WillOptions(qos: 1) }).phase == .connected)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `subscriptions at any QoS are taken, and granted at most the maximum`(version: ProtocolVersion) {
    let broker = broker(.atLeastOnce)
    let client = broker.connect("c", version)
    #expect((0...2).map { client.subscribe("t/\($0)", options: $0) } == [0, 1, 1])
    // A publisher of another listener.
    broker.clientLimits = ClientLimits(Limits())
    let publisher = broker.connect("p")
    for qos in 0...2 { publisher.publish("t/\(qos)", "x", qos: 2, id: qos + 1) }
    #expect(client.takeDeliveries().map(\.qos) == [0, 1, 1])
  }

  @Test func `where RETAIN is not offered, no retained messages come`() {
    let broker = TestBroker()
    broker.connect("p").publish("t", "kept", isRetain: true)
    var limits = Limits()
    limits.isRetainAvailable = false
    broker.clientLimits = ClientLimits(limits)
    let client = broker.connect("c")
    #expect(client.subscribe("t") == 0)
    #expect(client.take() == [])
  }

  @Test(arguments: [(false, 24, true), (false, 160, true), (true, 23, true), (true, 24, false)])
  func `a 3.1 client identifier of more than 23 characters is taken, unless the rule is on`(
    isStrict: Bool, count: Int, isTaken: Bool
  ) {
    var choices = ProtocolChoices()
    choices.limitsClientIDsOf31 = isStrict
    let broker = TestBroker(choices: choices)
    let client = broker.request(
      ConnectOptions(
        String(repeating: "\u{E9}", count: count / 2) + String(repeating: "i", count: count - count / 2), .v3_1))
    #expect(client.take() == [.connack(isPresent: false, code: isTaken ? 0 : 2, PropertyList())])
    #expect(client.isClosed == !isTaken)
  }

  @Test func `a 3.1 client identifier is held to the limit of all versions`() {
    let client = TestBroker().request(ConnectOptions(String(repeating: "i", count: 257), .v3_1))
    #expect(client.take() == [.connack(isPresent: false, code: 2, PropertyList())])
  }
}
