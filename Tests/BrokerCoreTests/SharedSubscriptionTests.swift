import BrokerCore
import MQTTCodec
import Testing

/// MQTT 5.0 section 4.8.2.
struct SharedSubscriptionTests {
  private let broker = TestBroker(shards: 3)
  private let publisher: TestConnection

  init() { publisher = broker.connect("publisher") }

  private func member(
    _ options: ConnectOptions, shard: Int = 0, _ filter: String = "$share/g/t", qos: UInt8 = 1
  ) -> TestConnection {
    let connection = broker.connect(options, shard: shard)
    #expect(connection.subscribe(filter, options: qos) == qos)
    return connection
  }

  private func publish(_ payloads: ClosedRange<Int>, qos: Int = 1) {
    for n in payloads { publisher.publish("t", "\(n)", qos: qos, id: n) }
  }

  @Test func `each message goes to one member of each group, and to every ordinary subscriber`() {
    let first = (0..<3).map { member(ConnectOptions("a\($0)"), shard: $0) }
    let second = (0..<2).map { member(ConnectOptions("b\($0)"), shard: $0, "$share/other/+") }
    let own = broker.connect("own", shard: 2)
    own.subscribe("t")
    publish(1...12)
    for group in [first, second] {
      #expect(group.flatMap { $0.takeDeliveries().map(\.payload) }.compactMap { Int($0) }.sorted() == Array(1...12))
    }
    #expect(own.takeDeliveries().count == 12)
  }

  @Test(arguments: 0...2)
  func `members on all shards get equal shares, and those who are away none of them`(qos: Int) {
    let members = (0..<5).map { member(.durable("m\($0)"), shard: $0 % 3, qos: 2) }
    members[1].lose()
    members[2].lose()
    publish(1...30, qos: qos)
    #expect(members.map { $0.takeDeliveries().count } == [10, 0, 0, 10, 10])
  }

  @Test func `when all are away their sessions take turns, and QoS 0 goes to nobody`() {
    let members = (0..<2).map { member(.durable("m\($0)"), shard: $0) }
    let modest = member(.durable("modest"), qos: 0)
    for member in members + [modest] { member.lose() }
    publish(1...12)
    publish(13...16, qos: 0)
    let back = ["m0", "m1", "modest"].map { broker.connect(.durable($0)).takeDeliveries().count }
    #expect(back == [6, 6, 0])
  }

  @Test func `what a member had in flight at QoS 1 and in its queue goes to others when its session ends`() {
    let leaving = member(ConnectOptions("leaving").with { $0.receiveMaximum = 2 })
    publish(1...5)
    #expect(leaving.takeDeliveries().map(\.payload) == ["1", "2"])
    let other = member(ConnectOptions("other"), shard: 1)
    #expect(other.take() == [])
    leaving.lose()
    let deliveries = other.takeDeliveries()
    #expect(deliveries.map(\.payload) == ["1", "2", "3", "4", "5"])
    #expect(deliveries.allSatisfy { !$0.isDuplicate && $0.qos == 1 })
  }

  @Test func `what was acknowledged, or refused by the member, goes to nobody else`() {
    let leaving = member(ConnectOptions("leaving"))
    publish(1...2)
    let ids = leaving.takeDeliveries().map(\.packetID)
    leaving.puback(ids[0])
    leaving.puback(ids[1], 0x80)
    let other = member(ConnectOptions("other"))
    leaving.lose()
    #expect(other.take() == [])
  }

  @Test func `what a member had in flight at QoS 2 is completed with it, or goes to nobody`() {
    let first = member(.durable("m").with { $0.receiveMaximum = 1 }, qos: 2)
    publish(1...2, qos: 2)
    let id = first.takeDeliveries().first?.packetID ?? 0
    let other = member(ConnectOptions("other"), shard: 1, qos: 2)
    first.lose()
    #expect(other.take() == [])
    let again = broker.connect(.durable("m").with { $0.receiveMaximum = 1 })
    #expect(again.takeDeliveries().map { [$0.payload, "\($0.packetID)"] } == [["1", "\(id)"]])
    again.disconnect(0, sessionExpiry: 0)
    // The second was never sent to it.
    #expect(other.takeDeliveries().map(\.payload) == ["2"])
  }

  @Test func `a durable member that is away keeps what it has until its session expires`() {
    let member = member(.durable("m").with { $0.sessionExpiry = 10 })
    publish(1...1)
    member.lose()
    let other = self.member(ConnectOptions("other"))
    publish(2...2)
    #expect(other.takeDeliveries().map(\.payload) == ["2"])
    broker.advance(seconds: 12)
    #expect(other.takeDeliveries().map(\.payload) == ["1"])
  }

  @Test func `a member that unsubscribes gets no more, but completes what it has`() {
    let leaving = member(ConnectOptions("leaving"))
    let other = member(ConnectOptions("other"), shard: 1)
    publish(1...2)
    let id = leaving.takeDeliveries().first?.packetID ?? 0
    leaving.unsubscribe("$share/g/t")
    #expect(leaving.take() == [.unsuback(2, [0])])
    leaving.unsubscribe("t")
    #expect(leaving.take() == [.unsuback(3, [0x11])])
    publish(3...6)
    #expect(other.takeDeliveries().count == 5 && leaving.take() == [])
    leaving.puback(id)
    leaving.lose()
    #expect(other.take() == [])
    other.unsubscribe("$share/g/t")
    other.received = []
    publish(7...7)
    #expect(other.take() == [])
    #expect(broker.sum(\.openSubscriptions) == 0)
  }

  @Test func `members that may not receive a topic are passed over`() {
    let denying = TestGrants { $0.receive = ["t"] }
    let grants = broker.grants
    broker.authenticator = { request in
      let isDenied = request.clientID.starts(with: "no".utf8)
      return .accepted(Publisher(clientID: request.clientID, userName: []), isDenied ? denying : grants)
    }
    let denied = (0..<3).map { member(ConnectOptions("no\($0)"), shard: $0) }
    let allowed = member(ConnectOptions("yes"), shard: 1)
    publish(1...8)
    #expect(allowed.takeDeliveries().count == 8)
    #expect(denied.allSatisfy { $0.take() == [] })
  }

  @Test func `retained messages are not sent for a shared subscription`() {
    publisher.publish("t", "kept", isRetain: true)
    let member = member(ConnectOptions("m"))
    #expect(member.take() == [])
    publisher.publish("t", "live", isRetain: true)
    #expect(member.takeDeliveries() == [Delivery("t", "live")])
  }

  @Test func `no local on a shared subscription is a protocol error`() {
    let client = broker.connect("c")
    #expect(client.subscribe("$share/g/t", options: 0b101) == nil)
    #expect(client.take() == [.disconnect(.protocolError)])
  }

  @Test func `a member gets its own publishes, with its own QoS, identifier and RETAIN as published`() {
    let member = broker.connect("m")
    member.subscribe("$share/g/t/#", options: 0b1001, identifier: 7)
    member.publish("t/x", "mine", qos: 2, id: 1, isRetain: true)
    let delivery = member.takeDeliveries().first
    #expect(delivery?.plain == Delivery("t/x", "mine", qos: 1, isRetain: true))
    #expect(delivery?.properties.numbers == [0x0B: [7]])
  }

  @Test func `a client of 3_1_1 can be a member`() {
    let old = member(ConnectOptions("old", .v3_1_1))
    let new = member(ConnectOptions("new"), shard: 1)
    publish(1...4)
    #expect(old.takeDeliveries().count == 2 && new.takeDeliveries().count == 2)
  }

  @Test func `a client with a shared and an ordinary subscription gets both copies whole`() {
    let client = broker.connect("c")
    client.subscribe("t")
    client.subscribe("$share/g/t")
    client.subscribe("$share/h/t")
    let others = (0..<3).map { broker.connect("o\($0)") }
    for other in others { other.subscribe("$share/o\(other.clientID)/t") }
    let payload = String(repeating: "payload ", count: 400)
    publisher.publish("t", payload)
    #expect(client.takeDeliveries() == Array(repeating: Delivery("t", payload), count: 3))
    for other in others { #expect(other.takeDeliveries() == [Delivery("t", payload)]) }
  }

  @Test(arguments: [0, 1])
  func `a record is completed when the member that got it has it, whoever that is`(shard: Int) {
    let source = FakeSource()
    let leaving = member(ConnectOptions("leaving"), shard: shard)
    broker.post(.records([source.record("t", "x", offset: 3)]), to: 0)
    #expect(leaving.takeDeliveries().count == 1 && source.completed.isEmpty)
    let other = member(ConnectOptions("other"), shard: 2)
    leaving.lose()
    // The obligation went on with the message.
    let delivery = other.takeDeliveries().first
    #expect(delivery?.payload == "x" && source.completed.isEmpty)
    other.puback(delivery?.packetID ?? 0)
    #expect(source.completed == [3] && broker.sum(\.openLedger) == 0)
  }

  @Test func `a record that no member is left for is completed, and so is one at QoS 2 whose member is gone`() {
    let source = FakeSource()
    let last = member(ConnectOptions("last"), shard: 1, qos: 2)
    broker.post(.records([source.record("t", "1", offset: 1)]), to: 0)
    broker.post(.records([source.record("t", "2", offset: 2, qos: .exactlyOnce)]), to: 0)
    #expect(source.completed.isEmpty)
    last.lose()
    #expect(source.completed.sorted() == [1, 2] && broker.sum(\.openLedger) == 0)
    broker.post(.records([source.record("t", "3", offset: 3)]), to: 0)
    #expect(source.completed.count == 3)
  }

  @Test func `a server that stops completes no record that a member did not acknowledge`() {
    let source = FakeSource()
    let members = (0..<2).map { member(ConnectOptions("m\($0)")) }
    broker.post(.records([source.record("t", "1", offset: 1)]), to: 0)
    broker.round(0) { $0.shutDown() }
    broker.settle()
    #expect(source.completed.isEmpty && members.allSatisfy(\.isClosed))
  }

  @Test func `a member whose session ended while a message was on its way is replaced by another`() {
    let gone = member(ConnectOptions("gone"), shard: 1)
    let source = FakeSource()
    broker.isMailHeld = true
    broker.post(.records([source.record("t", "x", offset: 1)]), to: 0)
    broker.isMailHeld = false
    broker.settle()
    #expect(gone.takeDeliveries().count == 1)
    broker.isMailHeld = true
    publish(1...1)
    let other = member(ConnectOptions("other"), shard: 2)
    gone.lose()
    broker.isMailHeld = false
    broker.settle()
    #expect(other.takeDeliveries().map(\.payload).sorted() == ["1", "x"])
  }
}
