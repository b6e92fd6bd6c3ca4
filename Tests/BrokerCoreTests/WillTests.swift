import BrokerCore
import MQTTCodec
import Testing

struct WillTests {
  private let broker = TestBroker(shards: 2)
  private let watcher: TestConnection

  init() {
    watcher = broker.connect("watcher", shard: 1)
    watcher.subscribe("#", options: 2)
  }

  private func client(
    _ id: String = "c", _ will: WillOptions = WillOptions(), _ change: (inout ConnectOptions) -> Void = { _ in }
  )
    -> TestConnection
  {
    var options = ConnectOptions(id)
    options.will = will
    change(&options)
    return broker.connect(options)
  }

  private var gone: [Delivery] { [Delivery("will", "gone")] }

  @Test func `a lost connection publishes its will with its QoS and payload`() {
    client("c", WillOptions(payload: "bye", qos: 2)).lose()
    #expect(watcher.takeDeliveries().map(\.plain) == [Delivery("will", "bye", qos: 2)])
  }

  @Test func `a bridge's state is retained, and reaches only those who name it`() {
    let topic = "$SYS/broker/connection/hall/state"
    let follower = broker.connect("follower")
    follower.subscribe("$SYS/broker/connection/+/state", options: 1)
    let bridge = client("hall", WillOptions(topic: topic, payload: "0", qos: 1, isRetain: true))
    bridge.publish(topic, "1", qos: 1, id: 1, isRetain: true)
    #expect(follower.takeDeliveries().map(\.payload) == ["1"])
    bridge.lose()
    #expect(follower.takeDeliveries().map(\.payload) == ["0"])
    let later = broker.connect("later")
    later.subscribe("#")
    #expect(later.takeDeliveries().isEmpty && watcher.takeDeliveries().isEmpty)
    later.subscribe("$SYS/#")
    #expect(later.takeDeliveries().map(\.payload) == ["0"])
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5])
  func `DISCONNECT takes the will back`(version: ProtocolVersion) {
    client { $0.version = version }.disconnect()
    #expect(watcher.take() == [])
  }

  @Test(arguments: [0x04, 0x80, 0x81, 0x82, 0x93, 0x98] as [UInt8])
  func `DISCONNECT with any reason but normal disconnection publishes the will`(reason: UInt8) {
    client().disconnect(reason)
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test func `a protocol fault publishes the will`() {
    client().send([0, 0])
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test func `a keep alive that ran out publishes the will`() {
    _ = client { $0.keepAlive = 10 }
    broker.advance(seconds: 14)
    #expect(watcher.take() == [])
    broker.advance(seconds: 3)
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test func `a takeover publishes the will of the connection that ends`() {
    _ = client()
    _ = broker.connect("c")
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test func `a will that was published is not published again`() {
    client { $0.sessionExpiry = 60 }.lose()
    #expect(watcher.takeDeliveries() == gone)
    broker.connect(ConnectOptions.durable("c")).disconnect()
    broker.advance(seconds: 100)
    #expect(watcher.take() == [])
  }

  @Test func `a delayed will waits for its delay`() {
    client("c", WillOptions(delaySeconds: 30)) { $0.sessionExpiry = 100 }.lose()
    broker.advance(seconds: 29)
    #expect(watcher.take() == [])
    broker.advance(seconds: 2)
    #expect(watcher.takeDeliveries() == gone)
    broker.advance(seconds: 100)
    #expect(watcher.take() == [])
  }

  @Test func `a delayed will is published at the session's end if that is sooner`() {
    client("c", WillOptions(delaySeconds: 300)) { $0.sessionExpiry = 10 }.lose()
    broker.advance(seconds: 9)
    #expect(watcher.take() == [])
    broker.advance(seconds: 2)
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test func `a delayed will of a session that ends with its connection is published at once`() {
    client("c", WillOptions(delaySeconds: 300)).lose()
    #expect(watcher.takeDeliveries() == gone)
  }

  @Test(arguments: [false, true])
  func `a reconnect within the delay cancels the will`(isTakeover: Bool) {
    let first = client("c", WillOptions(delaySeconds: 30)) { $0.sessionExpiry = 100 }
    if !isTakeover { first.lose() }
    broker.advance(seconds: 5)
    let again = broker.connect(.durable("c"))
    broker.advance(seconds: 100)
    again.lose()
    broker.advance(seconds: 100)
    #expect(watcher.take() == [])
  }

  @Test(arguments: [false, true])
  func `a clean start within the delay ends the session and publishes its will`(isTakeover: Bool) {
    let first = client("c", WillOptions(delaySeconds: 30)) { $0.sessionExpiry = 100 }
    if !isTakeover { first.lose() }
    _ = broker.connect("c")
    #expect(watcher.takeDeliveries() == gone)
    broker.advance(seconds: 200)
    #expect(watcher.take() == [])
  }

  @Test func `a will is judged again when it fires`() {
    let first = client()
    broker.grants.change { $0.publish = ["will"] }
    first.lose()
    #expect(watcher.take() == [])
    #expect(broker.cores[0].counters.publishesDenied.now == 1)
  }

  @Test func `a delayed will is judged when it fires`() {
    client("c", WillOptions(delaySeconds: 5)) { $0.sessionExpiry = 100 }.lose()
    broker.grants.change { $0.publish = ["will"] }
    broker.advance(seconds: 10)
    #expect(watcher.take() == [])
  }

  @Test func `a will goes to Kafka too, and one that is refused there is logged`() {
    client("c", WillOptions(topic: "k/will")).lose()
    #expect(broker.outlet.forwarded == ["gone"])
    broker.outlet.answer(.refusedForQuota)
    client("c", WillOptions(topic: "k/will")).lose()
    #expect(broker.outlet.forwarded == ["gone"])
    #expect(broker.log.lines.contains("a will could not be forwarded"))
  }

  @Test func `a retained will is kept for later subscribers`() {
    client("c", WillOptions(isRetain: true)).lose()
    let late = broker.connect("late")
    late.subscribe("will")
    #expect(late.takeDeliveries() == [Delivery("will", "gone", isRetain: true)])
  }

  @Test func `an empty retained will clears the topic`() {
    broker.connect("p").publish("will", "old", isRetain: true)
    client("c", WillOptions(payload: "", isRetain: true)).lose()
    #expect(broker.state.retained.size == (0, 0))
  }

  @Test func `retained wills of many connections stay within the limit`() {
    let broker = TestBroker { $0.retainedMessagesMax = 10 }
    for n in 0..<50 {
      let will = WillOptions(topic: "will/\(n)", isRetain: true)
      broker.connect(ConnectOptions("c\(n)").with { $0.will = will }).lose()
    }
    #expect(broker.state.retained.size.messages == 10)
  }

  @Test func `a server that stops keeps wills back and tells 5_0 clients`() {
    let first = client()
    broker.round(0) { $0.shutDown() }
    broker.settle()
    #expect(first.take() == [.disconnect(.serverShuttingDown)] && first.isClosed)
    #expect(watcher.take() == [])
  }

  @Test func `a client that was not let in leaves no will`() {
    broker.authenticator = { _ in .refused(.notAuthorized) }
    _ = client()
    #expect(watcher.take() == [])
  }
}
