import MQTTCodec
import Testing

@testable import BrokerCore

struct LedgerTests {
  private let broker = TestBroker(shards: 2)

  @Test(arguments: [1, 2], [ProtocolVersion.v3_1_1, .v5])
  func `an acknowledgement is withheld until every obligation is discharged`(qos: Int, version: ProtocolVersion) {
    let client = broker.connect("c", version)
    broker.outlet.answer(.accepted(obligations: 2))
    client.publish("k/1", "x", qos: qos, id: 4)
    #expect(client.received.isEmpty && broker.sum(\.openLedger) == 1)
    let tokens = broker.outlet.takeTokens()
    broker.discharge([tokens[0]])
    #expect(client.received.isEmpty)
    broker.discharge([tokens[1]])
    #expect(client.take() == [qos == 1 ? .puback(4) : .pubrec(4)])
    #expect(broker.sum(\.openLedger) == 0)
  }

  @Test func `QoS 0 is forwarded and opens nothing`() {
    broker.connect("c").publish("k/1", "x")
    #expect(broker.outlet.forwarded == ["x"] && broker.sum(\.openLedger) == 0)
  }

  @Test func `acknowledgements leave in the order of the publishes, whatever order discharges come in`() {
    let client = broker.connect("c")
    for id in 1...4 { client.publish("k/1", qos: id == 3 ? 2 : 1, id: id) }
    client.publish("t", qos: 1, id: 5)
    let tokens = broker.outlet.takeTokens()
    broker.discharge([tokens[3], tokens[1]])
    #expect(client.received.isEmpty)
    broker.discharge([tokens[0]])
    #expect(client.take() == [.puback(1), .puback(2)])
    broker.discharge([tokens[2]])
    #expect(client.take() == [.pubrec(3), .puback(4), .puback(5)])
  }

  @Test func `a denied publish is answered in its turn too`() {
    broker.grants.change { $0.publish = ["no"] }
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    client.publish("no", qos: 1, id: 2)
    #expect(client.received.isEmpty)
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [.puback(1), .puback(2, .notAuthorized)])
  }

  @Test(arguments: [1, 2])
  func `a publish that the bridge has no room for is refused, and delivered to nobody`(qos: Int) {
    let watcher = broker.connect("w")
    watcher.subscribe("#")
    broker.outlet.answer(.refusedForQuota)
    let new = broker.connect("new")
    new.publish("k/1", qos: qos, id: 1)
    #expect(new.take() == [qos == 1 ? .puback(1, .quotaExceeded) : .pubrec(1, .quotaExceeded)])
    let old = broker.connect("old", .v3_1_1)
    old.publish("k/1", qos: qos, id: 1)
    #expect(old.isClosed && old.received.isEmpty)
    #expect(watcher.take() == [] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [DischargeOutcome.refusedForQuota, .refused])
  func `a publish that the bridge refuses later is refused then`(outcome: DischargeOutcome) {
    let reason: ReasonCode = outcome == .refused ? .implementationSpecificError : .quotaExceeded
    let new = broker.connect("new")
    let old = broker.connect("old", .v3_1_1, shard: 1)
    for client in [new, old] { client.publish("k/1", qos: 2, id: 1) }
    broker.discharge(broker.outlet.takeTokens(), outcome)
    #expect(new.take() == [.pubrec(1, reason)])
    #expect(old.isClosed && old.received.isEmpty)
    // The identifier is free again.
    new.publish("k/1", "again", qos: 2, id: 1)
    broker.discharge(broker.outlet.takeTokens())
    #expect(new.take() == [.pubrec(1)])
  }

  @Test func `a QoS 2 publish keeps its obligation across a reconnect, and is forwarded once`() {
    broker.connect(.durable("c")).publish("k/1", "once", qos: 2, id: 1)
    let again = broker.connect(.durable("c"))
    again.publish("k/1", "once", qos: 2, id: 1, isDuplicate: true)
    #expect(again.received.isEmpty && broker.outlet.forwarded == ["once"])
    broker.discharge(broker.outlet.takeTokens())
    #expect(again.take() == [.pubrec(1)])
    again.pubrel(1)
    #expect(again.take() == [.pubcomp(1)])
  }

  @Test func `a QoS 2 publish that was discharged while its client was away is answered at once`() {
    let client = broker.connect(.durable("c"))
    client.publish("k/1", "once", qos: 2, id: 1)
    client.lose()
    broker.discharge(broker.outlet.takeTokens())
    let again = broker.connect(.durable("c"))
    again.publish("k/1", "once", qos: 2, id: 1, isDuplicate: true)
    #expect(again.take() == [.pubrec(1)] && broker.outlet.forwarded == ["once"])
  }

  @Test func `a discharge for a client that is gone closes the entry and answers nobody`() {
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    let tokens = broker.outlet.takeTokens()
    client.lose()
    let next = broker.connect("c")
    next.publish("k/1", qos: 1, id: 1)
    broker.discharge(tokens)
    #expect(next.received.isEmpty && broker.sum(\.openLedger) == 1)
    broker.discharge(broker.outlet.takeTokens())
    #expect(next.take() == [.puback(1)] && broker.sum(\.openLedger) == 0)
  }

  @Test func `a token whose generation is past, or that was never given, is ignored`() {
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    let old = broker.outlet.takeTokens()
    broker.discharge(old)
    client.publish("k/1", qos: 1, id: 2)
    client.received = []
    broker.discharge(old)
    broker.discharge([ObligationToken(shard: 0, slot: 4000, generation: 1), .none])
    broker.discharge([ObligationToken(shard: 0, slot: 0, generation: 0)])
    broker.round(0) {
      $0.take(.discharges([Discharge(token: ObligationToken(shard: 200, slot: 0, generation: 1), outcome: .fulfilled)]))
    }
    #expect(client.received.isEmpty && broker.sum(\.openLedger) == 1)
  }

  @Test func `a full ledger refuses a publish that needs an entry`() {
    let broker = TestBroker { $0.ledgerEntriesMax = 1 }
    let client = broker.connect("c")
    client.publish("k/1", qos: 1, id: 1)
    client.publish("k/1", qos: 1, id: 2)
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [.puback(1), .puback(2, .quotaExceeded)])
  }

  @Test func `a 5_0 client that sends more than Receive Maximum is disconnected`() {
    let broker = TestBroker { $0.receiveMaximum = 3 }
    let client = broker.connect("c")
    for id in 1...3 { client.publish("k/1", qos: 1, id: id) }
    #expect(!client.isClosed)
    client.publish("t", qos: 1, id: 4)
    #expect(client.take() == [.disconnect(.receiveMaximumExceeded)])
  }

  @Test(arguments: ["k/1", "t", "no"])
  func `a 3_x client is not read from while it is owed as many acknowledgements as are allowed`(topic: String) {
    let broker = TestBroker { $0.receiveMaximum = 4 }
    broker.grants.change { $0.publish = ["no"] }
    let client = broker.connect("c", .v3_1_1)
    client.publish("k/first", qos: 1, id: 100)
    client.send((1...50).flatMap { packet(0x32, text(topic), two($0), [120]) })
    #expect(client.isPaused && !client.unused.isEmpty && !client.isClosed)
    #expect(broker.cores[0].counters.publishesReceivedQoS1.now == 4)
    var answers: [ServerPacket] = []
    for _ in 0..<60 {
      broker.discharge(broker.outlet.takeTokens())
      answers += client.take()
    }
    #expect(answers == [.puback(100)] + (1...50).map { .puback($0) })
    #expect(!client.isPaused && client.unused.isEmpty)
  }

  @Test(arguments: [1, 3, 30])
  func `a 3_x client that is owed as many acknowledgements as are allowed gets its PINGRESP`(publishes: Int) {
    let broker = TestBroker { $0.receiveMaximum = 3 }
    let client = broker.connect("c", .v3_1_1)
    let all = (1...publishes).map { packet(0x32, text("k/1"), two($0), [120]) }
    client.send(all.flatMap { $0 } + packet(0xC0))
    #expect(client.take() == [.pingresp])
    // The next one comes in two parts.
    client.send([0xC0])
    #expect(client.take() == [])
    client.send([0])
    #expect(client.take() == [.pingresp])
    var answers: [ServerPacket] = []
    for _ in 0..<publishes {
      broker.discharge(broker.outlet.takeTokens())
      answers += client.take()
    }
    // Each is answered once, and those that come later in their turn.
    #expect(answers == (1...publishes).map { .puback($0) })
    client.ping()
    #expect(client.take() == [.pingresp] && client.unused.isEmpty)
  }

  @Test func `a client that was not read from is not late when it is read from again`() {
    let broker = TestBroker { $0.receiveMaximum = 1 }
    let client = broker.connect(ConnectOptions("c", .v3_1_1).with { $0.keepAlive = 10 })
    client.publish("k/1", qos: 1, id: 1)
    broker.advance(seconds: 100)
    broker.discharge(broker.outlet.takeTokens())
    broker.tick()
    #expect(client.take() == [.puback(1)] && !client.isClosed)
  }

  @Test func `the ledger gives slots again with a new generation that is never 0`() {
    var ledger = Ledger(shard: 3, entriesMax: 1)
    var last = ObligationToken.none
    let source = FakeSource()
    for _ in 0..<70_000 {
      guard let token = ledger.reserve(.record(source, RecordPosition(partition: 0, offset: 0))) else {
        Issue.record("no entry")
        return
      }
      #expect(token != last && token.generation != 0 && token.shard == 3 && token.slot == 0)
      #expect(ledger.reserve(.record(source, RecordPosition(partition: 0, offset: 0))) == nil)
      ledger.open(token, obligations: 1)
      #expect(ledger.discharge(Discharge(token: last, outcome: .fulfilled)) == nil)
      #expect(ledger.discharge(Discharge(token: token, outcome: .fulfilled)) != nil)
      last = token
    }
    #expect(ledger.openCount == 0)
  }

  @Test func `the worst outcome of an entry's obligations counts`() {
    var ledger = Ledger(shard: 0, entriesMax: 10)
    let source = FakeSource()
    let orders: [([DischargeOutcome], DischargeOutcome)] = [
      ([.refused, .refusedForQuota, .fulfilled], .refusedForQuota),
      ([.refusedForQuota, .refused, .fulfilled], .refusedForQuota), ([.refused, .refusedUntold, .unneeded], .refused),
      ([.refusedUntold, .fulfilled, .unneeded], .refusedUntold), ([.fulfilled, .unneeded, .unneeded], .fulfilled),
      ([.fulfilled, .refusedForQuota, .fulfilled], .refusedForQuota),
      ([.fulfilled, .fulfilled, .fulfilled], .fulfilled),
    ]
    for (outcomes, worst) in orders {
      let token = ledger.reserve(.record(source, RecordPosition(partition: 0, offset: 0))) ?? .none
      ledger.open(token, obligations: 3)
      let results = outcomes.map { ledger.discharge(Discharge(token: token, outcome: $0))?.outcome }
      #expect(results == [nil, nil, worst])
    }
  }
}
