import MQTTCodec

@testable import BrokerCore

/// What happens to a broker, as an input decides, and what must hold all the while.
final class ShardScene {
  private static let stepsMax = 400
  private static let clientsMax = 4

  var input: FuzzInput
  private let broker: TestBroker
  private let source = FakeSource()
  private var lastOffset: Int64 = 0
  private var clients: [TestConnection] = []
  private var tokens: [ObligationToken] = []
  /// Whether clients acknowledge by themselves what they receive.
  private var areGood = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    input = FuzzInput(bytes)
    var choices = ProtocolChoices()
    choices.validatesPayloadFormat = true
    broker = TestBroker(shards: 2, choices: choices) {
      // Small, so that each bound is met.
      $0.packetBytesMax = 400
      $0.connectPacketBytesMax = 300
      $0.clientIDBytesMax = 30
      $0.topicLevelsMax = 6
      $0.subscriptionsPerSessionMax = 5
      $0.topicAliasMaximum = 3
      $0.receiveMaximum = 4
      $0.inflightMax = 5
      $0.acknowledgeTimeoutSeconds = 5
      $0.queueMessagesMax = 6
      $0.queueBytesMax = 500
      $0.outputBytesMax = 1000
      $0.sessionsMax = 5
      $0.sessionExpirySecondsMax = 30
      $0.retainedMessagesMax = 3
      $0.retainedBytesMax = 400
      $0.matchCacheTopicsMax = 8
      $0.matchCacheTopicBytesMax = 40
      $0.ledgerEntriesMax = 12
    }
    broker.exchange = { data in data?.first == 1 ? .refused(.notAuthorized) : .challenge(data) }
  }

  func play() {
    prepare()
    for _ in 0..<Self.stepsMax where !input.isAtEnd {
      step()
      for client in clients { look(at: client) }
      if areGood { for client in clients where !client.received.isEmpty { answer(client) } }
      clients.removeAll(where: \.isClosed)
      check(broker.state.registry.count <= broker.state.limits.sessionsMax, "too many sessions")
      check(broker.state.retained.size.messages <= broker.state.limits.retainedMessagesMax, "too much is retained")
    }
  }

  /// All connections end, all that waits comes to its end, and time passes: then nothing may be left.
  func end() {
    broker.isMailHeld = false
    broker.behind = []
    broker.settle()
    for client in clients where !client.isClosed { client.lose() }
    broker.discharge(tokens + broker.outlet.takeTokens())
    broker.outlet.answer(.accepted(obligations: 0))
    broker.advance(seconds: 35)
    broker.discharge(broker.outlet.takeTokens())
    check(broker.sum(\.openLedger) == 0, "the ledger has open entries")
    check(source.completed.sorted() == Array(1..<(lastOffset + 1)), "each record is completed once")
    check(broker.sum(\.openConnections) == 0 && broker.sum(\.openSessions) == 0, "connections or sessions are left")
    check(broker.sum(\.openSubscriptions) == 0, "subscriptions are counted that are not there")
    check(broker.state.registry.count == 0, "client identifiers are left")
    check(broker.cores.allSatisfy { $0.clients.isEmpty && $0.sessionsBySerial.isEmpty }, "a core keeps something")
    for topic in Self.topics + ["x", "a/x/b", "$x"] {
      let left = broker.state.subscriptions.matches(of: Array(topic.utf8))
      check(left.own.isEmpty && left.shared.isEmpty, "subscriptions are left")
    }
  }

  /// Clients with subscriptions from the beginning, so that a short input reaches deliveries.
  private func prepare() {
    let choices = input.byte()
    areGood = choices & 0x80 != 0
    for (number, version) in ProtocolVersion.allCases.enumerated() where choices & 1 << UInt8(number) != 0 {
      let client = broker.request(.durable("c\(number)", version), shard: number % 2)
      let filter = ["#", "a/+", "$share/g/a/#", "k/+"][Int(choices >> 4 & 3)]
      client.send(packet(0x82, two(1), version == .v5 ? properties([0x0B, 9]) : [], text(filter), [2]))
      clients.append(client)
    }
  }

  private func step() {
    switch input.below(28) {
    case 0, 1: connect()
    case 2: someone?.lose()
    case 3: record()
    case 4, 5: discharge()
    case 6: broker.advance(seconds: 1 + input.below(4))
    case 7: broker.isMailHeld.toggle()
    case 8: broker.outlet.answer(input.pick([.accepted(obligations: 1), .accepted(obligations: 2), .refusedForQuota]))
    case 9: changeRights()
    case 10:
      guard let client = someone else { return }
      if client.isBlocked { client.unblock() } else { client.isBlocked = true }
    case 11: send(input.some(64))
    case 12: send(packet(input.byte(), input.some(40)))
    case 13:
      if broker.behind.remove(1) == nil { broker.behind.insert(1) }
      broker.round(0) { core in core.relieve() }
      broker.settle()
    case 14, 15, 16: if let client = someone { answer(client) }
    default:
      guard let client = someone else { return }
      client.send((0...input.below(4)).flatMap { _ in bytes(for: client) })
    }
  }

  private var someone: TestConnection? { clients.isEmpty ? nil : input.pick(clients) }

  private func send(_ bytes: [UInt8]) { someone?.send(bytes) }

  private func connect() {
    if clients.count >= Self.clientsMax { clients.removeFirst().lose() }
    let shard = input.below(2)
    let mountPoint = input.pick([nil, nil, MountPoint("a"), MountPoint("k/1")])
    let client = broker.open(shard: shard, mountPoint: mountPoint)
    clients.append(client)
    if input.below(8) > 0 { client.send(connectOptions().bytes) }
  }

  /// Everything that a client receives is a packet of its version that it takes.
  private func look(at client: TestConnection) {
    client.speaks = client.version
    for packet in ServerPacket.all(client.received, client.version) {
      if case .wrong(let bytes) = packet { check(false, "the broker sent \(bytes) in \(client.version)") }
    }
    var at = 0
    while at < client.received.count {
      let start = at
      at += 1
      at += readVarint(client.received[...], &at) ?? 0
      check(at - start <= client.packetBytesMax, "\(at - start) bytes for a client that takes \(client.packetBytesMax)")
    }
  }

  /// Acknowledges as a good client does, whatever was received.
  private func answer(_ client: TestConnection) {
    let bytes = client.take().flatMap { received -> [UInt8] in
      switch received {
      case .publish(let delivery) where delivery.qos == 1: packet(0x40, two(delivery.packetID))
      case .publish(let delivery) where delivery.qos == 2: packet(0x50, two(delivery.packetID))
      case .pubrel(let id, _): packet(0x70, two(id))
      case .pubrec(let id, let reason) where !reason.isFailure: packet(0x62, two(id))
      case .auth: packet(0xF0, [0x18], properties([0x15] + text("m"), [0x16] + text("a")))
      default: []
      }
    }
    client.send(bytes)
  }

  private func record() {
    lastOffset += 1
    let expiry = input.flag() ? broker.now + Int64(input.below(3)) * 1000 : nil
    let record = source.record(
      input.pick(Self.topics), "r", offset: lastOffset, qos: input.pick(QoS.allCases), expiresAtMilliseconds: expiry)
    broker.post(.records([record]), to: input.below(2))
  }

  private func discharge() {
    tokens += broker.outlet.takeTokens()
    for _ in 0...input.below(3) where !tokens.isEmpty {
      let token = tokens.remove(at: input.below(tokens.count))
      broker.discharge([token], input.pick([.fulfilled, .fulfilled, .refusedForQuota, .refused]))
    }
  }

  private func changeRights() {
    let (topic, filter) = (input.pick(Self.topics), input.pick(Self.filters))
    switch input.below(4) {
    case 0: broker.grants.change { $0.publish = [topic] }
    case 1: broker.grants.change { $0.receive = [filter] }
    case 2: broker.grants.change { $0.subscribe = [filter] }
    default:
      broker.grants.change {
        $0.publish = []
        $0.receive = []
        $0.subscribe = []
      }
    }
  }
}
