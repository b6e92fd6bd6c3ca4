import MQTTCodec
import Testing

@testable import BrokerCore

struct StormTests {
  private static let topics = ["a", "a/b", "a/b/c", "k/1", "k/2", "no", "will", "a/b/c/d", ""]
  private static let filters = [
    "a", "a/+", "#", "a/#", "+/b/#", "k/+", "no", "$share/g/a", "$share/h/#", "$share/h/a/#", "will", "a//",
  ]

  /// A packet of a client, mostly sensible.
  private func bytes(_ client: TestConnection, _ generator: inout SeededGenerator) -> [UInt8] {
    func id() -> [UInt8] { two(Int.random(in: 1...6, using: &generator)) }
    let isV5 = client.speaks == .v5
    let none: [UInt8] = isV5 ? [0] : []
    let topic = text(Self.topics.randomElement(using: &generator) ?? "a")
    let filter = text(Self.filters.randomElement(using: &generator) ?? "a")
    let retain: UInt8 = Int.random(in: 0..<4, using: &generator) == 0 ? 1 : 0
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<25: return packet(0x30 | retain, topic, none, [120])
    case 25..<40: return packet(0x32 | retain, topic, id(), none, [120])
    case 40..<52: return packet(0x34 | retain, topic, id(), none, retain == 1 ? [] : [120])
    case 52..<64: return packet(0x82, id(), none, filter, [UInt8.random(in: 0...2, using: &generator)])
    case 64..<68: return packet(0xA2, id(), none, filter)
    case 68..<76: return packet(0x62, id())
    case 76..<84: return packet(0x40, id())
    case 84..<89: return packet(0x50, id())
    case 89..<93: return packet(0x70, id())
    case 93..<96: return packet(0xC0)
    case 96: return packet(0xE0)
    case 97:
      return isV5
        ? packet(0x30, text("a"), properties([0x23] + two(Int.random(in: 0...3, using: &generator))), [120])
        : packet(0xC0)
    case 98:
      return (0..<Int.random(in: 1...30, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    default: return ConnectOptions("x").bytes
    }
  }

  private func connect(_ broker: TestBroker, _ generator: inout SeededGenerator) -> TestConnection {
    let version = ProtocolVersion.allCases.randomElement(using: &generator) ?? .v5
    let name = "c\(Int.random(in: 0..<6, using: &generator))"
    var options = Bool.random(using: &generator) ? ConnectOptions.durable(name, version) : ConnectOptions(name, version)
    if Bool.random(using: &generator) {
      let delay = version == .v5 ? Int.random(in: 0...5, using: &generator) : 0
      options.will = WillOptions(
        qos: Int.random(in: 0...2, using: &generator), isRetain: delay == 1, delaySeconds: delay)
    }
    if version == .v5, Bool.random(using: &generator) {
      options.receiveMaximum = Int.random(in: 1...3, using: &generator)
    }
    if version == .v5, Int.random(in: 0..<5, using: &generator) == 0 { options.packetBytesMax = 24 }
    if version == .v5, Bool.random(using: &generator) { options.topicAliasMaximum = 2 }
    return broker.request(options, shard: Int.random(in: 0..<3, using: &generator))
  }

  /// Acknowledges as a good client does, whatever was received.
  private func answer(_ client: TestConnection) -> [UInt8] {
    client.take().flatMap { received -> [UInt8] in
      switch received {
      case .publish(let delivery) where delivery.qos == 1: packet(0x40, two(delivery.packetID))
      case .publish(let delivery) where delivery.qos == 2: packet(0x50, two(delivery.packetID))
      case .pubrel(let id, _): packet(0x70, two(id))
      case .wrong(let bytes):
        { () -> [UInt8] in
          Issue.record("the broker sent \(bytes)")
          return []
        }()
      default: []
      }
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `a storm of packets leaves every entry closed and nothing behind`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let broker = TestBroker(shards: 3) {
      $0.receiveMaximum = 5
      $0.queueMessagesMax = 10
      $0.retainedMessagesMax = 4
      $0.sessionExpirySecondsMax = 30
      $0.ledgerEntriesMax = 20
      $0.outputBytesMax = 2000
    }
    broker.grants.change { $0.publish = ["no"] }
    let source = FakeSource()
    var offset: Int64 = 0
    var clients: [TestConnection] = []
    var tokens: [ObligationToken] = []
    for _ in 0..<3000 {
      clients.removeAll { $0.isClosed }
      switch Int.random(in: 0..<100, using: &generator) {
      case 0..<6: clients.append(connect(broker, &generator))
      case 6..<8: clients.randomElement(using: &generator)?.lose()
      case 8..<12:
        offset += 1
        let topic = Self.topics.randomElement(using: &generator) ?? "a"
        broker.post(
          .records([source.record(topic, "r", offset: offset, qos: .exactlyOnce)]),
          to: Int.random(in: 0..<3, using: &generator))
      case 12..<22:
        tokens += broker.outlet.takeTokens()
        tokens.shuffle(using: &generator)
        let some = Array(tokens.prefix(3))
        tokens.removeFirst(some.count)
        broker.discharge(some, Int.random(in: 0..<10, using: &generator) == 0 ? .refusedForQuota : .fulfilled)
      case 22..<25: broker.advance(seconds: Int.random(in: 1...4, using: &generator))
      case 25..<28: broker.isMailHeld.toggle()
      case 28..<30: broker.outlet.answer(Bool.random(using: &generator) ? .accepted(obligations: 2) : .refusedForQuota)
      case 30..<50:
        guard let client = clients.randomElement(using: &generator) else { continue }
        client.send(answer(client))
      default:
        guard let client = clients.randomElement(using: &generator) else { continue }
        let burst = Int.random(in: 1...4, using: &generator)
        client.send((0..<burst).flatMap { _ in bytes(client, &generator) })
      }
    }
    broker.isMailHeld = false
    broker.settle()
    for client in clients where !client.isClosed { client.lose() }
    broker.discharge(tokens + broker.outlet.takeTokens())
    broker.advance(seconds: 40)
    broker.discharge(broker.outlet.takeTokens())
    #expect(broker.sum(\.openLedger) == 0, "seed \(seed)")
    #expect(source.completed.sorted() == Array(1...max(offset, 1)), "seed \(seed): each record once")
    #expect(broker.sum(\.openConnections) == 0 && broker.sum(\.openSessions) == 0)
    #expect(broker.sum(\.openSubscriptions) == 0 && broker.state.registry.count == 0)
    #expect(broker.cores.allSatisfy { $0.clients.isEmpty && $0.sessionsBySerial.isEmpty })
    #expect(broker.state.retained.size.messages <= 4)
    for topic in Self.topics {
      let left = broker.state.subscriptions.matches(of: Array(topic.utf8))
      #expect(left.own.isEmpty && left.shared.isEmpty)
    }
  }
}
