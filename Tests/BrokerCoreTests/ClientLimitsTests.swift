import MQTTCodec
import Testing

@testable import BrokerCore

/// Bounds that differ by the listener where a client connects.
struct ClientLimitsTests {
  private let broker = TestBroker()

  /// What comes from now on connects at a listener with these bounds.
  private func listener(_ change: (inout Limits) -> Void) {
    var limits = Limits()
    change(&limits)
    broker.clientLimits = ClientLimits(limits)
  }

  @Test func `two clients are each told and held to the bounds of their own listener`() {
    listener {
      $0.receiveMaximum = 2
      $0.packetBytesMax = 100
      $0.topicAliasMaximum = 1
      $0.keepAliveSecondsMax = 20
      $0.sessionExpirySecondsMax = 30
      $0.subscriptionsPerSessionMax = 1
    }
    let narrow = broker.request(.durable("narrow"))
    listener { _ in }
    let wide = broker.request(.durable("wide"))
    guard case .connack(_, code: 0, let told)? = narrow.take().first,
      case .connack(_, code: 0, let other)? = wide.take().first
    else {
      Issue.record("not let in")
      return
    }
    #expect(told.numbers == [0x21: [2], 0x27: [100], 0x22: [1], 0x11: [30], 0x13: [20]])
    #expect(other.numbers[0x21] == [1000] && other.numbers[0x27] == [1 << 20] && other.numbers[0x11] == nil)
    for client in [narrow, wide] {
      client.subscribe("a")
      #expect(client.subscribe("b") == (client === narrow ? 0x97 : 0))
      client.publish("t", String(repeating: "x", count: 200))
      #expect(client.isClosed == (client === narrow))
    }
    #expect(narrow.take() == [.disconnect(.packetTooLarge)])
  }

  @Test(arguments: [(3, false), (2, true)])
  func `a client's Receive Maximum is its listener's`(publishes: Int, isClosed: Bool) {
    listener { $0.receiveMaximum = 2 }
    let client = broker.connect("c")
    for id in 1...publishes { client.publish("t", qos: 2, id: id) }
    #expect(client.isClosed == !isClosed)
  }

  @Test func `a client identifier, and a CONNECT, may be as long as the listener says`() {
    listener {
      $0.clientIDBytesMax = 30
      $0.connectPacketBytesMax = 1024
    }
    let long = ConnectOptions(String(repeating: "c", count: 31))
    #expect(broker.request(long).take() == [.connack(isPresent: false, code: 0x85, PropertyList())])
    #expect(broker.request(ConnectOptions(String(repeating: "c", count: 1024))).isClosed)
    listener { _ in }
    #expect(!broker.request(long).isClosed)
  }

  @Test func `each client has its listener's time for CONNECT`() {
    listener { $0.connectTimeoutSeconds = 2 }
    let hasty = broker.open()
    listener { $0.connectTimeoutSeconds = 6 }
    let slow = broker.open()
    broker.advance(seconds: 4)
    #expect(hasty.isClosed && !slow.isClosed)
    broker.advance(seconds: 4)
    #expect(slow.isClosed)
  }

  @Test func `what is in flight and what waits for a socket is bounded by the subscriber's listener`() {
    listener {
      $0.inflightMax = 2
      $0.outputBytesMax = 1000
    }
    let narrow = broker.connect("narrow")
    narrow.subscribe("t/#", options: 1)
    listener { _ in }
    let wide = broker.connect("wide")
    wide.subscribe("t/#", options: 1)
    let publisher = broker.connect("p")
    for id in 1...3 { publisher.publish("t/1", qos: 1, id: id) }
    #expect(narrow.takeDeliveries().count == 2 && wide.takeDeliveries().count == 3)
    narrow.isBlocked = true
    wide.isBlocked = true
    for _ in 1...30 { publisher.publish("t/0", String(repeating: "x", count: 100)) }
    #expect(broker.sum(\.droppedForSlowness) > 0 && narrow.backlogBytes <= 1200 && wide.backlogBytes > 3000)
  }

  @Test func `a session's queue is bounded as at the listener where its client was last`() {
    listener { $0.queueMessagesMax = 3 }
    let first = broker.connect(.durable("s"))
    first.subscribe("t", options: 1)
    first.lose()
    listener { _ in }
    let publisher = broker.connect("p")
    func publish(_ count: Int) { for id in 1...count { publisher.publish("t", qos: 1, id: id) } }
    publish(5)
    let second = broker.connect(.durable("s"))
    #expect(second.takeDeliveries().count == 3)
    for id in 1...3 { second.puback(id) }
    second.lose()
    publish(5)
    #expect(broker.connect(.durable("s")).takeDeliveries().count == 5)
  }
}

extension ShardCounters {
  fileprivate var droppedForSlowness: Int { droppedSlowConsumer.now }
}
