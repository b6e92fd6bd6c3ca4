import BrokerCore
import MQTTCodec
import Testing

struct SubscribeTests {
  private let broker = TestBroker(shards: 2)

  @Test(arguments: [
    ("a/b", "a/b", true), ("a/+", "a/b", true), ("a/+", "a/b/c", false), ("a/#", "a", true), ("a/#", "a/b/c", true),
    ("#", "a/b", true), ("+/+", "/b", true), ("+", "/b", false), ("/+", "/b", true), ("a//b", "a//b", true),
    ("a/+/b", "a//b", true),
    ("A/b", "a/b", false), ("a/b/", "a/b", false),
  ])
  func `wildcards match by level`(filter: String, topic: String, matches: Bool) {
    let client = broker.connect("c", shard: 1)
    #expect(client.subscribe(filter) == 0)
    broker.connect("p").publish(topic)
    #expect(client.takeDeliveries().map(\.topic) == (matches ? [topic] : []))
  }

  @Test func `each filter of a SUBSCRIBE is judged by itself`() {
    broker.grants.change { $0.subscribe = ["no/#"] }
    for (version, denied) in [(ProtocolVersion.v3_1_1, 0x80 as UInt8), (.v5, 0x87)] {
      let client = broker.connect("c", version)
      client.send(
        packet(0x82, two(7), version == .v5 ? [0] : [], text("yes"), [1], text("no/#"), [2], text("also"), [2]))
      #expect(client.take() == [.suback(7, [1, denied, 2])])
      broker.connect("p").publish("no/x")
      #expect(client.take() == [])
    }
  }

  @Test(arguments: ["a/#/b", "a+", "#a", "", "a/b#", "$share/g", "$share/+/t", "a\u{0}"])
  func `a filter that is not well-formed closes the connection`(filter: String) {
    let client = broker.connect("c", .v3_1_1)
    #expect(client.subscribe(filter) == nil)
    #expect(client.isClosed && broker.sum(\.openSubscriptions) == 0)
  }

  @Test func `a SUBSCRIBE with one filter that is not well-formed has no effect`() {
    let client = broker.connect(.durable("c"))
    client.send(packet(0x82, two(1), [0], text("good"), [1], text("b#d"), [1]))
    #expect(client.take() == [.disconnect(.topicFilterInvalid)])
    #expect(broker.sum(\.openSubscriptions) == 0)
  }

  @Test func `a client subscribes to a bounded number of filters, and may change those that it has`() {
    let broker = TestBroker { $0.subscriptionsPerSessionMax = 2 }
    let client = broker.connect("c")
    #expect(client.subscribe("1") == 0 && client.subscribe("2") == 0)
    #expect(client.subscribe("3") == 0x97)
    #expect(client.subscribe("2", options: 1) == 1)
    client.unsubscribe("1")
    #expect(client.subscribe("3") == 0 && broker.sum(\.openSubscriptions) == 2)
  }

  @Test func `subscribing again replaces the options and makes no second delivery`() {
    let client = broker.connect("c")
    client.subscribe("t", options: 0)
    client.subscribe("t", options: 2)
    broker.connect("p").publish("t", qos: 2, id: 1)
    #expect(client.takeDeliveries().map(\.qos) == [2])
    #expect(broker.sum(\.openSubscriptions) == 1)
  }

  @Test func `overlapping subscriptions make one delivery at the highest QoS with all identifiers`() {
    let client = broker.connect("c")
    client.subscribe("a/#", options: 0, identifier: 1)
    client.subscribe("a/+", options: 2, identifier: 268_435_455)
    client.subscribe("+/b", options: 1)
    broker.connect("p", shard: 1).publish("a/b", qos: 2, id: 1)
    let deliveries = client.takeDeliveries()
    #expect(deliveries.count == 1 && deliveries.first?.qos == 2)
    #expect(deliveries.first?.properties.numbers[0x0B]?.sorted() == [1, 268_435_455])
  }

  @Test func `the highest QoS of overlapping subscriptions counts, whichever of them has it`() {
    for highest in ["a/#", "a/+", "+/b", "#"] {
      let client = broker.connect("c")
      for filter in ["a/#", "a/+", "+/b", "#"] { client.subscribe(filter, options: filter == highest ? 2 : 1) }
      broker.connect("p", shard: 1).publish("a/b", qos: 2, id: 1)
      #expect(client.takeDeliveries().map(\.qos) == [2], "\(highest)")
    }
  }

  @Test func `an identifier goes when its subscription is replaced without one`() {
    let client = broker.connect("c")
    client.subscribe("t", identifier: 5)
    client.subscribe("t")
    broker.connect("p").publish("t")
    #expect(client.takeDeliveries().first?.properties == PropertyList())
  }

  @Test func `no local leaves out the client's own messages only`() {
    let client = broker.connect("c")
    client.subscribe("t", options: 0b100)
    client.publish("t", "mine")
    broker.connect("p", shard: 1).publish("t", "theirs")
    #expect(client.takeDeliveries().map(\.payload) == ["theirs"])
    client.subscribe("#")
    client.publish("t", "mine")
    #expect(client.takeDeliveries().map(\.payload) == ["mine"])
  }

  @Test func `a client's own message goes by those of its overlapping subscriptions that don't say no local`() {
    for filters in [["a/#", "a/+", "+/b"], ["+/b", "a/#", "a/+"], ["a/+", "+/b", "a/#"]] {
      let client = broker.connect("c")
      for filter in filters {
        let options: (UInt8, Int) = ["a/#": (0b110, 1), "a/+": (0b001, 2), "+/b": (0b000, 3)][filter] ?? (0, 9)
        client.subscribe(filter, options: options.0, identifier: options.1)
      }
      client.publish("a/b", "mine", qos: 2, id: 1)
      let mine = client.takeDeliveries()
      #expect(mine.map(\.qos) == [1] && mine.first?.properties.numbers[0x0B]?.sorted() == [2, 3])
      broker.connect("p", shard: 1).publish("a/b", "theirs", qos: 2, id: 1)
      let theirs = client.takeDeliveries()
      #expect(theirs.map(\.qos) == [2] && theirs.first?.properties.numbers[0x0B]?.sorted() == [1, 2, 3])
    }
  }

  @Test func `no local holds for a client's will and for its session on another connection`() {
    let client = broker.connect(.durable("c").with { $0.will = WillOptions(topic: "t", qos: 1) })
    client.subscribe("t", options: 0b101)
    client.lose()
    #expect(broker.connect(.durable("c")).take() == [])
  }

  @Test func `RETAIN is passed on only to subscriptions that ask for it`() {
    let plain = broker.connect("plain")
    let asking = broker.connect("asking", shard: 1)
    plain.subscribe("t")
    asking.subscribe("t", options: 0b1000)
    let publisher = broker.connect("p")
    publisher.publish("t", "1", isRetain: true)
    publisher.publish("t", "2")
    #expect(plain.takeDeliveries().map(\.isRetain) == [false, false])
    #expect(asking.takeDeliveries().map(\.isRetain) == [true, false])
  }

  @Test func `wildcards at the first level do not match topics that begin with a dollar`() {
    let all = broker.connect("all")
    for filter in ["#", "+/x"] { all.subscribe(filter) }
    let asking = broker.connect("asking")
    asking.subscribe("$data/#")
    broker.post(.records([FakeSource().record("$data/x", "1", offset: 1)]), to: 1)
    #expect(all.take() == [] && asking.takeDeliveries().map(\.topic) == ["$data/x"])
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `clients do not publish to topics that begin with a dollar`(version: ProtocolVersion) {
    let watcher = broker.connect("w")
    watcher.subscribe("$SYS/#")
    let client = broker.connect("c", version)
    client.publish("$SYS/x", qos: 1, id: 1)
    #expect(client.take() == [.puback(1, version == .v5 ? .notAuthorized : .success)])
    #expect(watcher.take() == [])
  }

  @Test func `UNSUBSCRIBE says for each filter whether it existed`() {
    let client = broker.connect("c")
    client.subscribe("t")
    client.unsubscribe("t", "u", "a/+/b")
    #expect(client.take() == [.unsuback(2, [0, 0x11, 0x11])])
    broker.connect("p").publish("t")
    #expect(client.take() == [] && broker.sum(\.openSubscriptions) == 0)
    let old = broker.connect("old", .v3_1_1)
    old.unsubscribe("t")
    #expect(old.take() == [.unsuback(1, [])])
  }

  @Test func `a publish that may not be made is refused by code in 5_0 and silently before`() {
    broker.grants.change { $0.publish = ["no/#"] }
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    let new = broker.connect("new")
    new.publish("no/0")
    new.publish("no/1", qos: 1, id: 1)
    new.publish("no/2", qos: 2, id: 2)
    #expect(new.take() == [.puback(1, .notAuthorized), .pubrec(2, .notAuthorized)])
    // The identifier of the refused QoS 2 publish is free.
    new.publish("yes", qos: 2, id: 2)
    let old = broker.connect("old", .v3_1_1)
    old.publish("no/1", qos: 1, id: 1)
    old.publish("no/2", qos: 2, id: 2)
    #expect(old.take() == [.puback(1), .pubrec(2)])
    #expect(watcher.takeDeliveries().map(\.topic) == ["yes"])
    #expect(broker.cores[0].counters.publishesDenied.now == 5)
  }

  @Test func `a yes for one client is not a yes for another`() {
    let denying = TestGrants { $0.publish = ["t"] }
    let watcher = broker.connect("w")
    watcher.subscribe("t")
    broker.connect("a").publish("t", "yes")
    let grants = broker.grants
    broker.authenticator = { request in
      .accepted(
        Publisher(clientID: request.clientID, userName: []), request.clientID.elementsEqual("b".utf8) ? denying : grants
      )
    }
    let b = broker.connect("b")
    for _ in 0..<3 { b.publish("t", "no") }
    broker.connect("a").publish("t", "yes")
    #expect(watcher.takeDeliveries().map(\.payload) == ["yes", "yes"])
  }

  @Test func `what a client may not receive is not delivered, live or retained`() {
    broker.grants.change { $0.receive = ["secret/#"] }
    broker.connect("p").publish("secret/1", isRetain: true)
    let client = broker.connect("c", shard: 1)
    client.subscribe("#")
    broker.connect("p").publish("secret/2")
    broker.connect("p").publish("open")
    #expect(client.takeDeliveries().map(\.topic) == ["open"])
  }

  @Test func `a refused subscription is counted, and in the log`() {
    let broker = TestBroker { $0.subscriptionsPerSessionMax = 1 }
    broker.grants.change { $0.subscribe = ["secret/#"] }
    let client = broker.connect(ConnectOptions("c").with { $0.userName = "u" })
    #expect(client.subscribe("secret/#") == 0x87 && client.subscribe("a") == 0 && client.subscribe("b") == 0x97)
    #expect(broker.sum(\.refusedSubscriptions) == 2)
    #expect(broker.log.lines == ["subscription refused", "subscription refused"])
  }
}

extension ShardCounters {
  fileprivate var refusedSubscriptions: Int { subscriptionsRefused.now }
}
