import BrokerCore
import MQTTCodec
import Testing

/// Single normative statements that no other suite is about.
struct StatementTests {
  private let broker = TestBroker()

  private func watcher(_ options: UInt8 = 2) -> TestConnection {
    let watcher = broker.connect("watcher")
    watcher.subscribe("#", options: options)
    return watcher
  }

  @Test func `U+FEFF is a character of a topic name like any other`() {
    let watcher = watcher()
    let exact = broker.connect("exact")
    exact.subscribe("t")
    broker.connect("p").publish("\u{FEFF}t")
    #expect(watcher.takeDeliveries().map { Array($0.topic.utf8) } == [[0xEF, 0xBB, 0xBF, 0x74]])
    #expect(exact.take() == [])
  }

  @Test func `topic names are matched by their bytes, not normalized`() {
    let composed = broker.connect("composed")
    composed.subscribe("\u{E9}")
    let decomposed = broker.connect("decomposed")
    decomposed.subscribe("e\u{301}")
    broker.connect("p").publish("\u{E9}")
    #expect(composed.takeDeliveries().count == 1 && decomposed.take() == [])
  }

  @Test func `client identifiers of 1 to 23 letters and digits are taken`() {
    let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for version in ProtocolVersion.allCases {
      for id in [String(letters.prefix(23)), String(letters.suffix(23)), String(letters[23..<46]), "z"] {
        #expect(broker.connect(id, version).phase == .connected)
      }
    }
  }

  @Test func `a will without RETAIN is not kept`() {
    broker.connect(ConnectOptions("c").with { $0.will = WillOptions() }).lose()
    #expect(broker.state.retained.size == (0, 0))
  }

  @Test func `a client without a will leaves none`() {
    let watcher = watcher()
    broker.connect("c").lose()
    #expect(watcher.take() == [])
  }

  @Test func `the properties of a will are published in their order`() {
    let watcher = watcher()
    let client = broker.open()
    let list = [0x26] + text("b") + text("1") + [0x26] + text("a") + text("2") + [0x26] + text("b") + text("3")
    client.send(
      packet(
        0x10, text("MQTT"), [5, 0b110], two(0), [0], text("c"), properties([3] + text("json") + list), text("will"),
        text("gone")))
    client.lose()
    let found = watcher.takeDeliveries().first?.properties
    #expect(found?.texts == [3: ["json"], 0x26: ["b=1", "a=2", "b=3"]])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `what follows a CONNECT that is refused is not looked at`(version: ProtocolVersion) {
    let watcher = watcher()
    let grants = broker.grants
    broker.authenticator = { $0.clientID == [0x63] ? .refused(.notAuthorized) : .accepted(Publisher.unknown, grants) }
    let client = broker.open()
    client.speaks = version
    let publish = packet(0x30, text("t"), version == .v5 ? [0] : [], [120])
    client.send(ConnectOptions("c", version).bytes + publish)
    #expect(client.isClosed && client.take().count == 1 && watcher.take() == [])
  }

  @Test(arguments: [ProtocolVersion.v3_1, .v3_1_1])
  func `a 3_x CONNECT that is not well-formed is closed without a CONNACK`(version: ProtocolVersion) {
    let client = broker.open()
    client.send(packet(0x10, Array(ConnectOptions("c", version).bytes.dropFirst(2)) + [0]))
    #expect(client.isClosed && client.received.isEmpty)
  }

  @Test func `a reason string is sent in DISCONNECT only, and not to who wants none`() {
    for wanted in [true, false] {
      let client = broker.open()
      let list = wanted ? [] : [0x17, 0] as [UInt8]
      client.send(packet(0x10, text("MQTT"), [5, 2], two(0), properties(list), text("c")))
      client.dropConnack()
      client.publish("$x", qos: 1, id: 1)
      client.publish("$x", qos: 2, id: 2)
      client.pubrel(2)
      client.unsubscribe("t")
      // As short as packets without properties are.
      #expect(client.received.count == 5 + 5 + 5 + 6)
      client.received = []
      client.send(packet(0xC1))
      #expect(client.isClosed && (client.received.count > 10) == wanted)
      #expect(client.take() == [.disconnect(.malformedPacket)])
    }
  }

  @Test func `DUP of a publish is not passed on`() {
    let watcher = watcher()
    let client = broker.connect("c")
    client.publish("t", "1", qos: 1, id: 1, isDuplicate: true)
    client.publish("t", "2", qos: 2, id: 2, isDuplicate: true)
    #expect(watcher.takeDeliveries().map(\.isDuplicate) == [false, false])
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `after PUBACK the same identifier is a new publish, whatever DUP says`(version: ProtocolVersion) {
    let watcher = watcher()
    let client = broker.connect("c", version)
    client.publish("t", "1", qos: 1, id: 1)
    client.publish("t", "2", qos: 1, id: 1, isDuplicate: true)
    #expect(client.take() == [.puback(1), .puback(1)])
    #expect(watcher.takeDeliveries().map(\.payload) == ["1", "2"])
  }

  @Test func `all aliases up to the server's maximum are taken`() {
    let watcher = watcher()
    let client = broker.connect("c")
    for alias in 1...32 { client.publish("t/\(alias)", "", [0x23] + two(alias)) }
    for alias in 1...32 { client.publish("", "", [0x23] + two(alias)) }
    #expect(watcher.takeDeliveries().map(\.topic) == (0..<64).map { "t/\($0 % 32 + 1)" })
  }

  @Test func `a client that has as much in flight as it takes still gets every other packet`() {
    let client = broker.connect(ConnectOptions("c").with { $0.receiveMaximum = 1 })
    client.subscribe("t", options: 1)
    for id in 1...2 { broker.connect("p").publish("t", "\(id)", qos: 1, id: id) }
    let id = client.takeDeliveries().first?.packetID ?? 0
    client.ping()
    client.publish("other", qos: 1, id: 7)
    client.publish("other", qos: 2, id: 8)
    client.pubrel(8)
    client.unsubscribe("nothing")
    #expect(client.take() == [.pingresp, .puback(7), .pubrec(8), .pubcomp(8), .unsuback(2, [0x11])])
    broker.connect("p").publish("t", "0")
    #expect(client.takeDeliveries().map(\.payload) == ["0"])
    client.puback(id)
    #expect(client.takeDeliveries().map(\.payload) == ["2"])
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `what was in flight when its subscription ended is completed, and nothing is added`(version: ProtocolVersion) {
    let client = broker.connect(.durable("c", version))
    client.subscribe("t", options: 2)
    broker.connect("p").publish("t", "1", qos: 2, id: 1)
    let id = client.takeDeliveries().first?.packetID ?? 0
    client.unsubscribe("t")
    client.received = []
    broker.connect("p").publish("t", "2", qos: 2, id: 1)
    client.lose()
    let again = broker.connect(.durable("c", version))
    #expect(again.takeDeliveries().map { [$0.payload, "\($0.packetID)"] } == [["1", "\(id)"]])
    again.pubrec(id)
    again.pubcomp(id)
    #expect(again.take() == [.pubrel(id)])
  }

  @Test func `expiry does not touch what was sent already, nor the flow of what came`() {
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    publisher.publish("t", "x", qos: 2, id: 1, [2] + four(1))
    #expect(client.takeDeliveries().count == 1)
    client.lose()
    broker.advance(seconds: 5)
    publisher.pubrel(1)
    #expect(publisher.take() == [.pubrec(1), .pubcomp(1)])
    #expect(broker.connect(.durable("c")).takeDeliveries().map(\.isDuplicate) == [true])
  }

  @Test func `what was answered with an error is not sent again`() {
    let client = broker.connect(.durable("c"))
    client.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    for qos in 1...2 { publisher.publish("t", "\(qos)", qos: qos, id: qos) }
    let ids = client.takeDeliveries().map(\.packetID)
    client.puback(ids[0], 0x80)
    client.pubrec(ids[1], 0x80)
    client.lose()
    #expect(broker.connect(.durable("c")).take() == [])
  }

  @Test func `what is not acknowledged is not sent again while the connection lasts`() {
    let client = broker.connect("c")
    client.subscribe("t", options: 2)
    let publisher = broker.connect("p")
    for qos in 1...2 { publisher.publish("t", "\(qos)", qos: qos, id: qos) }
    let ids = client.takeDeliveries().map(\.packetID)
    client.pubrec(ids[1])
    #expect(client.take() == [.pubrel(ids[1])])
    broker.advance(seconds: 300)
    client.ping()
    #expect(client.take() == [.pingresp])
  }

  @Test func `retained messages outlive the session of their publisher`() {
    let publisher = broker.connect("p", .v3_1_1)
    publisher.publish("t", "kept", isRetain: true)
    publisher.disconnect()
    let late = broker.connect("late", .v3_1_1)
    late.subscribe("t")
    #expect(late.takeDeliveries() == [Delivery("t", "kept", isRetain: true)])
  }

  @Test func `messages of one client reach each subscriber in their order`() {
    let broker = TestBroker(shards: 2)
    let subscribers = [broker.connect("near"), broker.connect("far", shard: 1)]
    for subscriber in subscribers { subscriber.subscribe("t", options: 2) }
    let publisher = broker.connect("p")
    for n in 1...30 { publisher.publish("t", "\(n)", qos: n % 2 + 1, id: n) }
    for subscriber in subscribers { #expect(subscriber.takeDeliveries().map(\.payload) == (1...30).map { "\($0)" }) }
  }

  @Test func `the code for a fault is the one that its section names`() {
    let faults: [([UInt8], ReasonCode)] = [
      // Ill-formed text (1.5.4); a wildcard (4.7.1); QoS 3 in PUBLISH (3.3.1.2) and in SUBSCRIBE (3.8.3.1).
      (packet(0x30, field([0xC0, 0x80]), [0], [120]), .malformedPacket),
      (packet(0x30, field([0x61, 0]), [0], [120]), .malformedPacket),
      (packet(0x30, text("a/+"), [0], [120]), .topicNameInvalid),
      (packet(0x36, text("a"), two(1), [0], [120]), .malformedPacket),
      (packet(0x82, two(1), [0], text("a"), [3]), .protocolError),
      (packet(0x82, two(1), [0], text("a"), [0x30]), .protocolError),
      (packet(0x82, two(1), [0], text("a"), [0x40]), .malformedPacket),
      (packet(0x82, two(1), [0]), .protocolError), (packet(0xA2, two(1), [0]), .protocolError),
      (packet(0x30, [0, 0], [0], [120]), .protocolError),
      (packet(0x30, text("a"), properties([0x23, 0, 0]), [120]), .topicAliasInvalid),
      (packet(0x30, [0, 0], properties([0x23, 0, 1]), [120]), .protocolError),
      (packet(0x30, text("a"), properties([0x01, 2]), [120]), .protocolError),
      (packet(0x30, text("a"), properties([0x01, 0], [0x01, 0]), [120]), .protocolError),
      (packet(0x30, text("a"), properties([0x0B, 1]), [120]), .protocolError),
      (packet(0x30, text("a"), properties([0x11] + four(1)), [120]), .malformedPacket),
      (packet(0x82, two(1), properties([0x0B, 0]), text("a"), [0]), .protocolError),
      (packet(0x41, two(1)), .malformedPacket), (packet(0xC1), .malformedPacket),
      (packet(0xE0, [0], properties([0x11] + four(1))), .protocolError),
      (packet(0xF0, [0x19], properties([0x15] + text("m"))), .protocolError),
    ]
    for (bytes, reason) in faults {
      let client = broker.connect("c")
      client.send(bytes)
      #expect(client.take() == [.disconnect(reason)], "\(bytes)")
    }
  }

  @Test func `DISCONNECT may name an expiry again where CONNECT had one, even if the server keeps no sessions`() {
    let broker = TestBroker { $0.sessionExpirySecondsMax = 0 }
    let client = broker.connect(.durable("c").with { $0.will = WillOptions() })
    let watcher = broker.connect("w")
    watcher.subscribe("will")
    client.disconnect(0, sessionExpiry: 60)
    #expect(client.take() == [] && client.isClosed && watcher.take() == [])
    #expect(broker.state.registry.count == 1)
  }
}
