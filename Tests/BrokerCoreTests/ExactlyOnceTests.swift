import MQTTCodec
import Testing

@testable import BrokerCore

struct ExactlyOnceTests {
  private let broker = TestBroker()

  private func watcher() -> TestConnection {
    let watcher = broker.connect("watcher")
    watcher.subscribe("#")
    return watcher
  }

  @Test(arguments: [ProtocolVersion.v3_1_1, .v5], [false, true])
  func `a publish that comes again before its release is answered, not published`(
    version: ProtocolVersion, isDuplicate: Bool
  ) {
    let watcher = watcher()
    let client = broker.connect("c", version)
    client.publish("t", "1", qos: 2, id: 1)
    client.publish("t", "1", qos: 2, id: 1, isDuplicate: isDuplicate)
    #expect(client.take() == [.pubrec(1), .pubrec(1)])
    client.pubrel(1)
    #expect(client.take() == [.pubcomp(1)])
    client.publish("t", "2", qos: 2, id: 1)
    #expect(watcher.takeDeliveries().map(\.payload) == ["1", "2"])
  }

  @Test func `a PUBREL that comes again is answered again`() {
    let client = broker.connect("c", .v3_1_1)
    client.publish("t", qos: 2, id: 1)
    client.pubrel(1)
    client.pubrel(1)
    #expect(client.take() == [.pubrec(1), .pubcomp(1), .pubcomp(1)])
    let newer = broker.connect("d")
    newer.publish("t", qos: 2, id: 1)
    newer.pubrel(1)
    newer.pubrel(1)
    #expect(newer.take() == [.pubrec(1), .pubcomp(1), .pubcomp(1, .packetIdentifierNotFound)])
  }

  @Test func `a publish is not doubled by a reconnect`() {
    let watcher = watcher()
    broker.connect(.durable("c")).publish("t", "once", qos: 2, id: 1)
    let again = broker.connect(.durable("c"))
    again.publish("t", "once", qos: 2, id: 1, isDuplicate: true)
    #expect(again.take() == [.pubrec(1)])
    again.pubrel(1)
    #expect(again.take() == [.pubcomp(1)])
    #expect(watcher.takeDeliveries().map(\.payload) == ["once"])
  }

  @Test func `a clean start forgets what was received`() {
    let watcher = watcher()
    broker.connect(.durable("c")).publish("t", "old", qos: 2, id: 1)
    broker.connect("c").publish("t", "new", qos: 2, id: 1)
    #expect(watcher.takeDeliveries().map(\.payload) == ["old", "new"])
  }

  @Test func `a subscriber's repeated PUBREC is answered with PUBREL again`() {
    let subscriber = broker.connect("s")
    subscriber.subscribe("t", options: 2)
    broker.connect("p").publish("t", qos: 2, id: 1)
    let id = subscriber.takeDeliveries().first?.packetID ?? 0
    subscriber.pubrec(id)
    subscriber.pubrec(id)
    #expect(subscriber.take() == [.pubrel(id), .pubrel(id)])
    subscriber.pubcomp(id)
    subscriber.pubrec(id)
    #expect(subscriber.take() == [.pubrel(id, .packetIdentifierNotFound)])
  }

  @Test func `a release on a new connection completes a delivery`() {
    let subscriber = broker.connect(.durable("s"))
    subscriber.subscribe("t", options: 2)
    broker.connect("p").publish("t", qos: 2, id: 1)
    let id = subscriber.takeDeliveries().first?.packetID ?? 0
    subscriber.pubrec(id)
    subscriber.lose()
    let again = broker.connect(.durable("s"))
    #expect(again.take() == [.pubrel(id)])
    again.pubcomp(id)
    again.lose()
    #expect(broker.connect(.durable("s")).take() == [])
  }

  @Test func `publishes that a 5_0 client never releases are bounded by Receive Maximum`() {
    let broker = TestBroker { $0.receiveMaximum = 10 }
    let client = broker.connect(.durable("c"))
    for id in 1...10 { client.publish("t", qos: 2, id: id) }
    #expect(client.take().count == 10 && !client.isClosed)
    client.publish("t", qos: 2, id: 3, isDuplicate: true)
    #expect(client.take() == [.pubrec(3)])
    client.publish("t", qos: 2, id: 11)
    #expect(client.isClosed)
    #expect(client.take() == [.disconnect(.receiveMaximumExceeded)])
  }

  @Test(arguments: [ProtocolVersion.v3_1, .v3_1_1])
  func `a 3_x client, which is told no number, may use all of its packet identifiers`(version: ProtocolVersion) {
    let broker = TestBroker { $0.receiveMaximum = 10 }
    let watcher = broker.connect("watcher")
    watcher.subscribe("t")
    let all = 1...65_535
    // It sends all before it reads the first answer, as libraries do, and again after its connection was lost.
    for round in 0..<2 {
      let client = broker.connect(.durable("c", version))
      client.send(all.flatMap { packet(round == 0 ? 0x34 : 0x3C, text("t"), two($0), [120]) })
      #expect(client.take() == all.map { .pubrec($0) } && !client.isClosed)
      guard round == 1 else {
        client.lose()
        continue
      }
      client.send(all.flatMap { packet(0x62, two($0)) })
      #expect(client.take() == all.map { .pubcomp($0) })
    }
    #expect(watcher.takeDeliveries().count == 65_535)
    #expect(broker.cores[0].sessions[Array("c".utf8)]?.inbound.isEmpty == true)
  }

  @Test func `Receive Maximum begins anew with each connection`() {
    let broker = TestBroker { $0.receiveMaximum = 10 }
    let first = broker.connect(.durable("c"))
    for id in 1...10 { first.publish("t", qos: 2, id: id) }
    first.lose()
    let second = broker.connect(.durable("c"))
    // Those of before don't count, unless they are sent again.
    for id in 1...3 { second.publish("t", qos: 2, id: id, isDuplicate: true) }
    for id in 11...17 { second.publish("t", qos: 2, id: id) }
    #expect(second.take() == ([1, 2, 3] + Array(11...17)).map { .pubrec($0) })
    // Nor does releasing them make room for more than there are on this one.
    for id in 4...10 { second.pubrel(id) }
    second.publish("t", qos: 2, id: 18)
    #expect(second.take() == (4...10).map { .pubcomp($0) } + [.disconnect(.receiveMaximumExceeded)])
    let third = broker.connect(.durable("c"))
    for id in 20...29 { third.publish("t", qos: 1, id: id) }
    for id in [1, 2, 3] + Array(11...17) { third.pubrel(id) }
    for id in 30...39 { third.publish("t", qos: 2, id: id) }
    #expect(third.take().count == 30 && !third.isClosed)
    #expect(broker.cores[0].sessions[Array("c".utf8)]?.inbound.count == 10)
  }

  @Test func `what an earlier connection left open towards Kafka does not count either`() {
    let broker = TestBroker { $0.receiveMaximum = 3 }
    let first = broker.connect(.durable("c"))
    for id in 1...3 { first.publish("k/1", qos: 2, id: id) }
    first.lose()
    let second = broker.connect(.durable("c"))
    for id in 4...6 { second.publish("k/1", qos: 2, id: id) }
    #expect(!second.isClosed)
    second.publish("k/1", qos: 2, id: 7)
    #expect(second.isClosed)
  }

  /// CVE-2023-28366: there is no time after which they are given up; they are few instead.
  @Test func `publishes that are never released stay as few across reconnects, and can still be released`() {
    let broker = TestBroker { $0.receiveMaximum = 10 }
    let watcher = broker.connect("watcher")
    watcher.subscribe("#")
    for round in 0..<200 {
      let client = broker.connect(.durable("c"))
      // The same identifiers, then others of its 65,535.
      for id in 1...10 { client.publish("t", qos: 2, id: id, isDuplicate: round > 0) }
      #expect(client.take().count == 10 && !client.isClosed)
      for id in 0..<20 { client.publish("t", qos: 2, id: 11 + (round * 20 + id) % 65_000) }
      #expect(client.isClosed && broker.cores[0].sessions[Array("c".utf8)]?.inbound.count == 10)
    }
    #expect(watcher.takeDeliveries().count == 10)
    let client = broker.connect(.durable("c"))
    for id in 1...10 { client.pubrel(id) }
    #expect(client.take() == (1...10).map { .pubcomp($0) })
    for id in 101...110 { client.publish("t", qos: 2, id: id) }
    #expect(client.take() == (101...110).map { .pubrec($0) } && watcher.takeDeliveries().count == 10)
    #expect(broker.sum(\.openSessions) == 2)
  }

  @Test func `publishes of a 5_0 client are not counted twice while an earlier acknowledgement is withheld`() {
    let broker = TestBroker { $0.receiveMaximum = 10 }
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    for id in 2...10 { client.publish("t", qos: 2, id: id) }
    #expect(!client.isClosed && client.received.isEmpty)
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [.puback(1)] + (2...10).map { .pubrec($0) })
    client.publish("t", qos: 1, id: 11)
    #expect(client.take() == [.puback(11)])
  }

  @Test func `a publish that is repeated without end is owed one acknowledgement`() {
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    client.publish("t", qos: 2, id: 2)
    client.send((0..<5000).flatMap { _ in packet(0x3C, text("t"), two(2), [0], [120]) })
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [.puback(1), .pubrec(2)])
  }

  @Test func `a release before PUBREC does not block the identifier`() {
    let watcher = watcher()
    let client = broker.connect("c")
    client.publish("k/1", "1", qos: 2, id: 1)
    client.pubrel(1)
    broker.discharge(broker.outlet.takeTokens())
    client.received = []
    client.publish("t", "2", qos: 2, id: 1)
    #expect(client.take() == [.pubrec(1)])
    #expect(watcher.takeDeliveries().map(\.payload) == ["1", "2"])
  }
}
