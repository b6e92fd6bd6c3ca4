import BrokerCore
import MQTTCodec
import Testing

struct ConnectTests {
  @Test(arguments: ProtocolVersion.allCases)
  func `a client of each version is let in with an empty session`(version: ProtocolVersion) {
    let client = TestBroker().request(ConnectOptions("c", version))
    guard case .connack(isPresent: false, code: 0, _)? = client.take().first else {
      Issue.record("no CONNACK with success")
      return
    }
    #expect(!client.isClosed)
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `an empty client identifier gets one that only 5.0 clients are told`(version: ProtocolVersion) {
    let client = TestBroker().request(ConnectOptions("", version))
    guard case .connack(_, code: 0, let list)? = client.take().first else {
      Issue.record("no CONNACK with success")
      return
    }
    #expect(client.clientID.starts(with: "auto-".utf8))
    #expect(list.texts[0x12] == (version == .v5 ? [String(decoding: client.clientID, as: UTF8.self)] : nil))
  }

  @Test func `two clients without identifier get different ones`() {
    let broker = TestBroker()
    #expect(broker.connect("").clientID != broker.connect("").clientID)
  }

  @Test func `an empty client identifier without a clean session is answered with identifier rejected`() {
    let client = TestBroker().request(.durable("", .v3_1_1))
    #expect(client.take() == [.connack(isPresent: false, code: 2, PropertyList())])
    #expect(client.isClosed)
  }

  @Test func `a client identifier above the limit is refused`() {
    let client = TestBroker { $0.clientIDBytesMax = 8 }.request(ConnectOptions("123456789"))
    #expect(client.take() == [.connack(isPresent: false, code: 0x85, PropertyList())])
    #expect(client.isClosed)
  }

  @Test(
    arguments: [
      ("MQTT", 6, .v5, 0x84), ("MQTT", 3, .v3_1_1, 1), ("MQIsdp", 4, .v3_1, 1), ("MQTT", 0x84, .v3_1_1, 1),
    ] as [(String, UInt8, ProtocolVersion, UInt8)])
  func `an unknown protocol level is answered with unacceptable protocol version`(
    name: String, level: UInt8, version: ProtocolVersion, code: UInt8
  ) {
    let client = TestBroker().open()
    client.speaks = version
    client.send(packet(0x10, text(name), [level, 2], two(0), level > 4 && level < 0x80 ? [0] : [], text("c")))
    #expect(client.take() == [.connack(isPresent: false, code: code, PropertyList())])
    #expect(client.isClosed)
  }

  @Test func `another protocol than MQTT gets no answer`() {
    let client = TestBroker().open()
    client.send(packet(0x10, text("AMQP"), [4, 2], two(0), text("c")))
    #expect(client.isClosed && client.received.isEmpty)
  }

  @Test(
    arguments: [
      (.v3_1_1, .notAuthorized, 5), (.v3_1_1, .badUserNameOrPassword, 4),
      (.v3_1_1, .serverBusy, 3), (.v5, .banned, 0x8A), (.v5, .badUserNameOrPassword, 0x86),
    ] as [(ProtocolVersion, ReasonCode, UInt8)])
  func `a refused client is told the reason in its version's codes`(
    version: ProtocolVersion, reason: ReasonCode, code: UInt8
  ) {
    let broker = TestBroker()
    broker.authenticator = { _ in .refused(reason) }
    let client = broker.request(ConnectOptions("c", version))
    #expect(client.take() == [.connack(isPresent: false, code: code, PropertyList())])
    #expect(client.isClosed)
    #expect(broker.sum(\.openConnections) == 0 && broker.state.registry.count == 0)
  }

  @Test func `a refusal that no return code fits closes a 3.x connection without a CONNACK`() {
    let broker = TestBroker()
    broker.authenticator = { _ in .refused(.packetTooLarge) }
    let client = broker.request(ConnectOptions("c", .v3_1_1))
    #expect(client.received.isEmpty && client.isClosed)
  }

  @Test func `a will that may not be published is refused`() {
    let broker = TestBroker()
    broker.grants.change { $0.publish = ["w"] }
    let client = broker.request(ConnectOptions("c").with { $0.will = WillOptions(topic: "w") })
    #expect(client.take() == [.connack(isPresent: false, code: 0x87, PropertyList())])
    #expect(client.isClosed)
  }

  @Test func `a will to a topic of the server's own is refused`() {
    let client = TestBroker().request(ConnectOptions("c", .v3_1_1).with { $0.will = WillOptions(topic: "$SYS/x") })
    #expect(client.take() == [.connack(isPresent: false, code: 5, PropertyList())])
  }

  @Test func `a will whose topic has too many levels is refused`() {
    let deep = String(repeating: "/", count: 65_500)
    let client = TestBroker().request(ConnectOptions("c").with { $0.will = WillOptions(topic: deep) })
    #expect(client.isClosed)
    let shallower = TestBroker().request(
      ConnectOptions("c").with { $0.will = WillOptions(topic: String(repeating: "/", count: 32)) })
    #expect(shallower.take() == [.connack(isPresent: false, code: 0x90, PropertyList())])
  }

  @Test(arguments: [
    "c000", "e000", "30050001610078", "820600010001610 0", "f000", "40020001", "30ffffff7f", "20020000", "00", "1f00",
    "1080808080 01",
  ])
  func `a first packet that is not a CONNECT closes the connection without an answer`(bytes: String) {
    let broker = TestBroker()
    let client = broker.open()
    client.send(hex(bytes))
    #expect(client.isClosed && client.received.isEmpty)
    #expect(broker.sum(\.openConnections) == 0)
  }

  @Test func `a stranger's first byte is enough to close its connection`() {
    let client = TestBroker().open()
    client.send([0x16])
    #expect(client.isClosed)
  }

  @Test func `a CONNECT that declares more than strangers may send is closed at its header`() {
    let client = TestBroker().open()
    client.send(hex("10ffffff7f"))
    #expect(client.isClosed)
  }

  @Test func `a CONNECT that comes byte by byte is understood`() {
    let client = TestBroker().open()
    for byte in ConnectOptions("c").bytes { client.send([byte]) }
    guard case .connack(_, code: 0, _)? = client.take().first else {
      Issue.record("not let in")
      return
    }
  }

  @Test func `a second CONNECT is a protocol error`() {
    let client = TestBroker().connect("c")
    client.send(ConnectOptions("c").bytes)
    #expect(client.take() == [.disconnect(.protocolError)])
    #expect(client.isClosed)
  }

  @Test(arguments: ["29020001e000", "20020000", "9003000100", "b003000100", "d000"], [ProtocolVersion.v3_1_1, .v5])
  func `a packet that only servers send closes the connection`(bytes: String, version: ProtocolVersion) {
    let client = TestBroker().connect("c", version)
    client.send(hex(bytes))
    #expect(client.isClosed)
    #expect(version == .v5 || client.received.isEmpty)
  }

  @Test func `what follows a CONNECT waits until it is judged`() {
    let broker = TestBroker()
    broker.authenticator = { _ in nil }
    let client = broker.request(ConnectOptions("c"))
    client.ping()
    #expect(client.received.isEmpty)
    broker.round(0) { $0.decided(client, .accepted(Publisher(clientID: Array("c".utf8), userName: []), broker.grants)) }
    broker.settle()
    client.dropConnack()
    #expect(client.take() == [.pingresp])
  }

  @Test func `a decision for a client that is gone is ignored`() {
    let broker = TestBroker()
    broker.authenticator = { _ in nil }
    let client = broker.request(ConnectOptions("c"))
    client.lose()
    broker.round(0) { $0.decided(client, .accepted(Publisher(clientID: Array("c".utf8), userName: []), broker.grants)) }
    #expect(client.received.isEmpty && broker.state.registry.count == 0)
  }

  @Test func `bytes after the end of a connection are not looked at`() {
    let broker = TestBroker()
    let client = broker.connect("c")
    client.disconnect()
    let bytes = ConnectOptions("c").bytes
    broker.round(0) { core in
      _ = bytes.withUnsafeBufferPointer { core.receive(client, $0) }
    }
    #expect(client.received.isEmpty && broker.state.registry.count == 0)
  }

  @Test func `the number of sessions is limited`() {
    let broker = TestBroker { $0.sessionsMax = 2 }
    _ = broker.connect("a")
    let b = broker.connect("b")
    #expect(broker.request(ConnectOptions("c")).take() == [.connack(isPresent: false, code: 0x97, PropertyList())])
    #expect(
      broker.request(ConnectOptions("d", .v3_1_1)).take() == [.connack(isPresent: false, code: 3, PropertyList())])
    b.disconnect()
    guard case .connack(_, code: 0, _)? = broker.request(ConnectOptions("c")).take().first else {
      Issue.record("there is room again")
      return
    }
  }

  @Test func `a 5.0 client is told the server's bounds`() {
    let broker = TestBroker {
      $0.receiveMaximum = 7
      $0.packetBytesMax = 5000
      $0.topicAliasMaximum = 3
      $0.sessionExpirySecondsMax = 60
      $0.keepAliveSecondsMax = 30
    }
    let client = broker.request(.durable("c").with { $0.keepAlive = 90 })
    guard case .connack(_, code: 0, let list)? = client.take().first else {
      Issue.record("not let in")
      return
    }
    #expect(list.numbers == [0x21: [7], 0x27: [5000], 0x22: [3], 0x11: [60], 0x13: [30]])
    // No reason string, user property, response information or server reference.
    #expect(list.texts == [:])
  }

  @Test func `a 5.0 client that asks for no keep alive is told the one that it is held to`() {
    guard case .connack(_, code: 0, let list)? = TestBroker().request(ConnectOptions("c")).take().first else {
      Issue.record("not let in")
      return
    }
    #expect(list.numbers[0x13] == [65_535])
  }
}
