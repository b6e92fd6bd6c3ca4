import BrokerCore
import MQTTCodec
import Testing

/// Extended authentication (MQTT 5.0 section 4.12).
struct AuthenticationExchangeTests {
  private let broker = TestBroker()
  private let options = ConnectOptions("c").with { $0.authenticationMethod = "M" }

  init() {
    broker.authenticator = { _ in .challenge([1]) }
    broker.exchange = { [grants = broker.grants] data in
      switch data {
      case [2]: .challenge([3])
      case [4]: .accepted(Publisher(clientID: Array("c".utf8), userName: []), grants, authenticationData: [5])
      case [6]: nil
      case [7]: .accepted(Publisher(clientID: Array("c".utf8), userName: Array("other".utf8)), grants)
      default: .refused(.badUserNameOrPassword)
      }
    }
  }

  private func auth(_ reason: UInt8, _ data: [UInt8]?, method: String = "M") -> [UInt8] {
    packet(0xF0, [reason], properties([0x15] + text(method), data.map { [0x16] + field($0) } ?? []))
  }

  private func isChallenge(_ packet: ServerPacket?, _ data: UInt8) -> Bool {
    guard case .auth(.continueAuthentication, let list)? = packet else { return false }
    return list.texts == [0x15: ["M"], 0x16: [String(UnicodeScalar(data))]]
  }

  /// A client that was let in by an exchange; nothing is left to be taken.
  private func connected() -> TestConnection {
    let client = broker.request(options)
    client.send(auth(0x18, [4]))
    client.received = []
    #expect(client.phase == .connected)
    return client
  }

  @Test func `challenges are answered until the client is let in, and each packet names the method`() {
    let client = broker.request(options)
    let first = client.take()
    #expect(first.count == 1 && isChallenge(first.first, 1))
    client.send(auth(0x18, [2]))
    let second = client.take()
    #expect(second.count == 1 && isChallenge(second.first, 3))
    client.send(auth(0x18, [4]))
    guard case .connack(isPresent: false, code: 0, let list)? = client.take().first else {
      Issue.record("not let in")
      return
    }
    #expect(list.texts[0x15] == ["M"] && list.texts[0x16] == ["\u{5}"])
    client.ping()
    #expect(client.take() == [.pingresp])
  }

  @Test func `a client that is refused during the exchange is told by CONNACK, and closed`() {
    let client = broker.request(options)
    client.received = []
    client.send(auth(0x18, [9]))
    #expect(client.take() == [.connack(isPresent: false, code: 0x86, PropertyList())])
    #expect(client.isClosed && broker.state.registry.count == 0)
  }

  @Test func `a method that is not supported is refused`() {
    broker.authenticator = { _ in .refused(.badAuthenticationMethod) }
    let client = broker.request(options)
    #expect(client.take() == [.connack(isPresent: false, code: 0x8C, PropertyList())] && client.isClosed)
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `a client that named no method gets no AUTH, and may send none`(version: ProtocolVersion) {
    let challenged = broker.request(ConnectOptions("c", version))
    #expect(challenged.isClosed)
    let code: UInt8 = version == .v5 ? 0x87 : 5
    #expect(challenged.take() == [.connack(isPresent: false, code: code, PropertyList())])
    broker.authenticator = { [grants = broker.grants] in
      .accepted(Publisher(clientID: $0.clientID, userName: []), grants)
    }
    let client = broker.request(ConnectOptions("d", version))
    if case .connack(_, code: 0, let list)? = client.take().first { #expect(list.texts[0x15] == nil) }
    client.send(auth(0x18, nil))
    #expect(client.isClosed)
    #expect(client.take() == (version == .v5 ? [.disconnect(.protocolError)] : []))
  }

  @Test func `another method, another reason or another packet during the exchange ends it without DISCONNECT`() {
    for bytes in [
      auth(0x18, [4], method: "N"), auth(0x19, [4]), packet(0xC0), packet(0x30, text("t"), [0]), options.bytes,
      packet(0x82, two(1), [0], text("t"), [0]),
    ] {
      let client = broker.request(options)
      client.received = []
      client.send(bytes)
      #expect(client.take() == [.connack(isPresent: false, code: 0x82, PropertyList())])
      #expect(client.isClosed)
    }
  }

  @Test func `a client may give up during the exchange`() {
    let client = broker.request(options.with { $0.will = WillOptions() })
    client.received = []
    client.disconnect()
    #expect(client.isClosed && client.take() == [] && broker.sum(\.openConnections) == 0)
  }

  @Test(arguments: [true, false])
  func `an exchange that does not end is closed when the time for CONNECT is over`(isOpenAtServer: Bool) {
    let client = broker.request(options)
    if isOpenAtServer { client.send(auth(0x18, [6])) }
    broker.advance(seconds: 8)
    #expect(!client.isClosed)
    broker.advance(seconds: 4)
    #expect(client.isClosed)
  }

  @Test func `what comes behind an answer waits until it is judged`() {
    let client = broker.request(options)
    client.received = []
    client.send(auth(0x18, [6]) + packet(0xC0))
    #expect(client.take() == [])
    broker.round(0) { [grants = broker.grants] in
      $0.decided(client, .accepted(Publisher(clientID: Array("c".utf8), userName: []), grants))
    }
    broker.settle()
    client.dropConnack()
    #expect(client.take() == [.pingresp])
  }

  @Test func `a client is authenticated again while its packets flow, and then has its new rights`() {
    let watcher = connected()
    watcher.subscribe("#")
    watcher.send(auth(0x19, [2]))
    #expect(isChallenge(watcher.take().first, 3))
    watcher.publish("t", "meanwhile")
    #expect(watcher.takeDeliveries().map(\.payload) == ["meanwhile"])
    let denying = TestGrants { $0.publish = ["t"] }
    broker.exchange = { _ in
      .accepted(Publisher(clientID: Array("c".utf8), userName: []), denying, authenticationData: [5])
    }
    watcher.send(auth(0x18, [4]))
    guard case .auth(.success, let list)? = watcher.take().first else {
      Issue.record("no AUTH with success")
      return
    }
    #expect(list.texts == [0x15: ["M"], 0x16: ["\u{5}"]])
    watcher.publish("t", qos: 1, id: 1)
    #expect(watcher.take() == [.puback(1, .notAuthorized)])
  }

  @Test func `what waits is judged again when a client is authenticated again`() {
    let client = broker.request(options.with { $0.receiveMaximum = 1 })
    client.send(auth(0x18, [4]))
    client.received = []
    client.subscribe("#", options: 1)
    let source = FakeSource()
    for (offset, topic) in ["open/1", "secret", "open/2"].enumerated() {
      broker.post(.records([source.record(topic, topic, offset: Int64(offset))]), to: 0)
    }
    let denying = TestGrants { $0.receive = ["secret"] }
    broker.exchange = { _ in .accepted(Publisher(clientID: Array("c".utf8), userName: []), denying) }
    client.send(auth(0x19, [2]))
    #expect(source.completed == [1])
    client.puback(1)
    #expect(client.takeDeliveries().map(\.topic) == ["open/1", "open/2"])
    client.puback(2)
    #expect(source.completed == [1, 0, 2] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [[9], [7]] as [[UInt8]])
  func `who can't be authenticated again, or is somebody else then, is disconnected`(data: [UInt8]) {
    let client = connected()
    client.send(auth(0x19, data))
    #expect(client.take() == [.disconnect(.notAuthorized)] && client.isClosed)
  }

  @Test func `authenticating again with another method, or answering no challenge, is a protocol error`() {
    for attempts in [[auth(0x19, [2], method: "N")], [auth(0x18, [2])], [auth(0x19, [6]), auth(0x18, [2])]] {
      let client = connected()
      for bytes in attempts { client.send(bytes) }
      #expect(client.take() == [.disconnect(.protocolError)] && client.isClosed)
    }
    let twice = connected()
    twice.send(auth(0x19, [2]))
    twice.received = []
    twice.send(auth(0x19, [2]))
    #expect(twice.take() == [.disconnect(.protocolError)])
  }

  @Test func `a challenge that is larger than the client takes is not sent`() {
    broker.authenticator = { _ in .challenge(Array(repeating: 1, count: 100)) }
    let client = broker.request(options.with { $0.packetBytesMax = 50 })
    #expect(client.take() == [.connack(isPresent: false, code: 0x95, PropertyList())] && client.isClosed)
  }
}
