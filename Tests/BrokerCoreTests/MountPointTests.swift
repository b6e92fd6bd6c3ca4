import BrokerCore
import MQTTCodec
import Testing

/// Clients of one listener live below topic levels that they don't see.
struct MountPointTests {
  private let broker = TestBroker(shards: 2)
  private let outside: TestConnection

  init() {
    outside = broker.connect("outside")
    outside.subscribe("#")
  }

  /// A client below a mount point.
  private func inside(
    _ name: String, _ version: ProtocolVersion = .v5, below mount: String = "plants/7", shard: Int = 0
  )
    -> TestConnection
  {
    inside(ConnectOptions(name, version), below: mount, shard: shard)
  }

  private func inside(_ options: ConnectOptions, below mount: String = "plants/7", shard: Int = 0) -> TestConnection {
    let connection = broker.open(shard: shard, mountPoint: MountPoint(mount))
    connection.speaks = options.version
    connection.send(options.bytes)
    connection.dropConnack()
    return connection
  }

  @Test(arguments: ["plants/7", "plants/7/", "a", "ä/b c"])
  func `whole levels are a mount point`(_ text: String) {
    #expect(
      MountPoint(text).map { String(decoding: $0.bytes, as: UTF8.self) } == (text.hasSuffix("/") ? text : text + "/"))
  }

  @Test(arguments: ["", "/", "/a", "$a", "$share/g/a", "a/+", "#", "a\u{0}b", String(repeating: "a", count: 256)])
  func `what no topics can lie below is no mount point`(_ text: String) {
    #expect(MountPoint(text) == nil)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `a publish below a mount point has a longer name outside`(_ version: ProtocolVersion) {
    let client = inside("c", version)
    client.publish("a/b", "1")
    client.publish("a/b", "2", qos: 1, id: 1)
    client.publish("a/c", "3", qos: 2, id: 2)
    #expect(outside.takeDeliveries().map(\.topic) == ["plants/7/a/b", "plants/7/a/b", "plants/7/a/c"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `what comes from outside is called as the client calls it`(_ version: ProtocolVersion) {
    let client = inside("c", version)
    client.subscribe("a/+", options: 2)
    outside.publish("plants/7/a/b", "1")
    outside.publish("plants/7/a/c", "2", qos: 2, id: 1)
    outside.publish("a/b", "not below")
    outside.publish("plants/70/a/b", "not below")
    #expect(client.takeDeliveries().map(\.plain) == [Delivery("a/b", "1"), Delivery("a/c", "2", qos: 2)])
  }

  @Test func `versions and mount points that differ get encodings of their own from one publish`() {
    let clients = [inside("a"), inside("b", .v3_1_1), inside("c"), inside("d", below: "plants"), inside("e", .v3_1)]
    for client in clients { client.subscribe("#") }
    outside.publish("plants/7/x")
    #expect(clients.map { $0.takeDeliveries().map(\.topic) } == [["x"], ["x"], ["x"], ["7/x"], ["x"]])
    #expect(outside.takeDeliveries().map(\.topic) == ["plants/7/x"])
  }

  @Test func `clients of one mount point hear each other across shards, and those of others nothing`() {
    let near = inside("near")
    let far = inside("far", shard: 1)
    let other = inside("other", below: "plants/8", shard: 1)
    for client in [near, far, other] { client.subscribe("t/#", options: 1) }
    near.publish("t/1", "x", qos: 1, id: 1)
    #expect(near.takeDeliveries().map(\.topic) == ["t/1"])
    #expect(far.takeDeliveries().map(\.topic) == ["t/1"])
    #expect(other.takeDeliveries() == [])
  }

  @Test func `one client identifier is two clients at two mount points`() {
    let first = inside("same")
    let second = inside("same", below: "plants/8", shard: 1)
    let third = broker.connect("same")
    for client in [first, second, third] {
      client.ping()
      #expect(!client.isClosed)
    }
    let again = inside("same")
    #expect(first.isClosed)
    #expect(!second.isClosed && !third.isClosed && !again.isClosed)
  }

  @Test func `a session is resumed below its mount point`() {
    var options = ConnectOptions("durable", .v5)
    options.cleanStart = false
    options.sessionExpiry = 100
    let first = inside(options)
    first.subscribe("t", options: 1)
    first.lose()
    outside.publish("plants/7/t", "kept", qos: 1, id: 1)
    let second = inside(options, shard: 1)
    #expect(second.takeDeliveries().map(\.plain) == [Delivery("t", "kept", qos: 1)])
  }

  @Test func `retained messages are found below a mount point only`() {
    outside.publish("plants/7/r", "mine", isRetain: true)
    outside.publish("r", "theirs", isRetain: true)
    let client = inside("c")
    client.publish("own", "own", isRetain: true)
    client.subscribe("#")
    #expect(client.takeDeliveries().map(\.topic).sorted() == ["own", "r"])
  }

  @Test func `a will is published below the mount point`() {
    var options = ConnectOptions("c", .v5)
    options.will = WillOptions(topic: "gone", payload: "x")
    inside(options).lose()
    #expect(outside.takeDeliveries().map(\.topic) == ["plants/7/gone"])
  }

  @Test func `topic aliases work both ways`() {
    var options = ConnectOptions("c", .v5)
    options.topicAliasMaximum = 5
    let client = inside(options)
    client.subscribe("b")
    client.publish("a", "1", [0x23, 0, 1])
    client.publish("", "2", [0x23, 0, 1])
    #expect(outside.takeDeliveries().map(\.topic) == ["plants/7/a", "plants/7/a"])
    outside.publish("plants/7/b", "3")
    outside.publish("plants/7/b", "4")
    #expect(client.takeDeliveries().map(\.topic) == ["b", ""])
  }

  @Test func `shared subscriptions are shared within the mount point`() {
    let members = [inside("a"), inside("b", shard: 1)]
    for member in members { member.subscribe("$share/g/t/+", options: 1) }
    let elsewhere = inside("c", below: "plants/8")
    elsewhere.subscribe("$share/g/t/+", options: 1)
    for id in 1...4 { outside.publish("plants/7/t/\(id)", qos: 1, id: id) }
    #expect(members.flatMap { $0.takeDeliveries().map(\.topic) }.sorted() == ["t/1", "t/2", "t/3", "t/4"])
    #expect(elsewhere.takeDeliveries() == [])
  }

  @Test func `UNSUBSCRIBE ends what SUBSCRIBE began`() {
    let client = inside("c")
    for filter in ["t/#", "$share/g/s"] { client.subscribe(filter) }
    client.received = []
    client.unsubscribe("t/#", "$share/g/s", "plants/7/t/#")
    #expect(client.take() == [.unsuback(2 + 1, [0, 0, 0x11])])
    outside.publish("plants/7/t/1")
    outside.publish("plants/7/s")
    #expect(client.takeDeliveries() == [])
    #expect(broker.sum(\.openSubscriptions) == 1)
  }

  @Test func `rules are asked by the names outside`() {
    let client = inside("c")
    broker.grants.change {
      $0.publish = ["plants/7/secret"]
      $0.subscribe = ["plants/7/secret"]
      $0.receive = ["plants/7/a/hidden"]
    }
    client.publish("secret", qos: 1, id: 1)
    #expect(client.take() == [.puback(1, .notAuthorized)])
    #expect(client.subscribe("secret") == 0x87)
    client.subscribe("a/#")
    outside.publish("plants/7/a/hidden")
    outside.publish("plants/7/a/seen")
    #expect(client.takeDeliveries().map(\.topic) == ["a/seen"])
  }

  @Test func `topics of the server's own lie below no mount point`() {
    let client = inside("c")
    client.publish("$x", qos: 1, id: 1)
    #expect(client.take() == [.puback(1, .notAuthorized)])
    client.subscribe("#")
    client.subscribe("+/y")
    // Inside it would look like one of the server's own, which wildcards don't match.
    outside.publish("plants/7/$x/y")
    outside.publish("plants/7/x/y")
    #expect(client.takeDeliveries().map(\.topic) == ["x/y"])
  }

  @Test func `the mount point itself is no topic of its clients`() {
    let client = inside("c")
    client.subscribe("#")
    outside.publish("plants/7", isRetain: true)
    outside.publish("plants/7/", isRetain: true)
    client.subscribe("#")
    #expect(client.takeDeliveries() == [])
  }

  @Test func `an empty topic stays a fault, and so does one that is too long outside`() {
    let empty = inside("a")
    empty.publish("")
    #expect(empty.isClosed)
    let long = inside("b")
    long.publish(String(repeating: "x", count: 65_530))
    #expect(long.isClosed)
    let filter = inside("c")
    filter.subscribe(String(repeating: "x", count: 65_530))
    #expect(filter.isClosed)
    var options = ConnectOptions("d", .v5)
    options.will = WillOptions(topic: String(repeating: "x", count: 65_530), payload: "x")
    #expect(inside(options).isClosed)
    #expect(outside.takeDeliveries() == [])
  }

  @Test func `no local leaves out what the client itself retained, and not what its namesake elsewhere did`() {
    inside("c").publish("a", "x", isRetain: true)
    let namesake = broker.connect("c")
    namesake.publish("plants/7/b", "x", isRetain: true)
    namesake.subscribe("plants/7/+", options: 0b100)
    #expect(namesake.takeDeliveries().map(\.topic) == ["plants/7/a"])
  }
}
