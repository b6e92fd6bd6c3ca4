import BrokerCore
import MQTTCodec
import Testing

/// What can never be written must not stop a 3.x client for ever.
struct RefusedMessagesTests {
  private let broker = TestBroker(shards: 2)

  private func connect(_ shard: Int = 0, isClean: Bool = true) -> TestConnection {
    broker.connect(ConnectOptions("old", .v3_1_1).with { $0.cleanStart = isClean }, shard: shard)
  }

  private var acknowledgedRefused: Int { broker.sum(\.refusedAcknowledgedNow) }

  @Test(arguments: [1, 2], [true, false])
  func `a message that is refused at once ends three connections, and is acknowledged on the fourth`(
    qos: Int, isClean: Bool
  ) {
    broker.outlet.answer(.refused)
    for attempt in 1...3 {
      let client = connect(attempt % 2, isClean: isClean)
      // Packet identifiers may change.
      client.publish("k/bad", "poison", qos: qos, id: attempt, isDuplicate: attempt > 1)
      #expect(client.isClosed && client.received.isEmpty)
    }
    let client = connect(isClean: isClean)
    client.publish("k/bad", "poison", qos: qos, id: 9)
    #expect(client.take() == [qos == 1 ? .puback(9) : .pubrec(9)] && acknowledgedRefused == 1)
    if qos == 2 {
      client.pubrel(9)
      #expect(client.take() == [.pubcomp(9)])
    }
    #expect(
      broker.log.wholeLines.contains { $0.contains("is lost") && $0.contains("client=old") && $0.contains("k/bad") })
    // What is behind it comes.
    broker.outlet.answer(.accepted(obligations: 1))
    client.publish("k/good", qos: qos, id: 10)
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [qos == 1 ? .puback(10) : .pubrec(10)] && broker.sum(\.openLedger) == 0)
  }

  @Test(arguments: [1, 2], [true, false])
  func `so does one that only Kafka's report refuses`(qos: Int, isClean: Bool) {
    for attempt in 1...3 {
      let client = connect(attempt % 2, isClean: isClean)
      client.publish("k/bad", "poison", qos: qos, id: attempt)
      client.publish("k/good", qos: qos, id: attempt + 10)
      let tokens = broker.outlet.takeTokens()
      broker.discharge([tokens[0]], .refused)
      #expect(client.isClosed && client.received.isEmpty)
      broker.discharge(Array(tokens.dropFirst()))
    }
    let client = connect(isClean: isClean)
    client.publish("k/bad", "poison", qos: qos, id: 4)
    broker.discharge(broker.outlet.takeTokens(), .refused)
    #expect(client.take() == [qos == 1 ? .puback(4) : .pubrec(4)] && acknowledgedRefused == 1)
    #expect(broker.log.wholeLines.contains { $0.contains("is lost") && $0.contains("k/bad") })
    if qos == 2 {
      client.pubrel(4)
      #expect(client.take() == [.pubcomp(4)])
    }
  }

  @Test func `each of several such messages has its own three times, in whatever order they come`() {
    broker.outlet.answer(.refused)
    var disconnects = 0
    var left = ["a", "b", "c"]
    for attempt in 0..<20 where !left.isEmpty {
      let client = connect()
      left.append(left.removeFirst())
      for payload in left where !client.isClosed {
        client.publish("k/bad", payload, qos: 1, id: attempt + 1)
        if client.take() == [.puback(attempt + 1)] { left.removeAll { $0 == payload } }
      }
      if client.isClosed { disconnects += 1 }
      client.lose()
    }
    #expect(left.isEmpty && disconnects == 9 && acknowledgedRefused == 3)
  }

  @Test func `another message, topic or client does not count`() {
    broker.outlet.answer(.refused)
    for attempt in 1...3 { connect().publish("k/bad", "same", qos: 1, id: attempt) }
    for (topic, payload) in [("k/other", "same"), ("k/bad", "other"), ("k/badsam", "e")] {
      let client = connect()
      client.publish(topic, payload, qos: 1, id: 1)
      #expect(client.isClosed)
    }
    let other = broker.connect("other", .v3_1_1)
    other.publish("k/bad", "same", qos: 1, id: 1)
    #expect(other.isClosed && acknowledgedRefused == 0)
  }

  @Test func `once acknowledged, the same content begins anew`() {
    broker.outlet.answer(.refused)
    for _ in 1...2 {
      for attempt in 1...3 {
        let client = connect()
        client.publish("k/bad", qos: 1, id: attempt)
        #expect(client.isClosed)
      }
      let client = connect()
      client.publish("k/bad", qos: 1, id: 4)
      #expect(client.take() == [.puback(4)])
      client.lose()
    }
  }

  @Test func `want of room never counts`() {
    for attempt in 1...10 {
      let client = connect()
      broker.outlet.answer(attempt % 2 == 0 ? .refusedForQuota : .accepted(obligations: 2))
      client.publish("k/full", qos: 1, id: attempt)
      let tokens = broker.outlet.takeTokens()
      if tokens.count == 2 {
        // One mapping never, another one not now.
        broker.discharge([tokens[0]], .refused)
        broker.discharge([tokens[1]], .refusedForQuota)
      }
      #expect(client.isClosed && client.received.isEmpty)
    }
    #expect(acknowledgedRefused == 0)
  }

  @Test(arguments: [1, 2])
  func `where the mapping says so, 3_x clients are acknowledged at once, and 5_0 clients are told`(qos: Int) {
    broker.outlet.answer(.refusedUntold)
    let old = connect()
    let new = broker.connect("new")
    for client in [old, new] { client.publish("k/bad", qos: qos, id: 1) }
    broker.outlet.answer(.accepted(obligations: 1))
    for client in [old, new] { client.publish("k/bad", qos: qos, id: 2) }
    broker.discharge(broker.outlet.takeTokens(), .refusedUntold)
    let reason = ReasonCode.implementationSpecificError
    #expect(old.take() == (qos == 1 ? [.puback(1), .puback(2)] : [.pubrec(1), .pubrec(2)]))
    #expect(
      new.take() == (qos == 1 ? [.puback(1, reason), .puback(2, reason)] : [.pubrec(1, reason), .pubrec(2, reason)]))
    #expect(acknowledgedRefused == 2)
  }

  @Test func `an acknowledgement of what was refused leaves in its turn`() {
    let client = connect()
    client.publish("k/1", qos: 1, id: 1)
    broker.outlet.answer(.refusedUntold)
    client.publish("k/bad", qos: 1, id: 2)
    #expect(client.received.isEmpty)
    broker.discharge(broker.outlet.takeTokens())
    #expect(client.take() == [.puback(1), .puback(2)])
  }

  // MARK: the memory itself

  @Test func `the memory is bounded in clients and messages, and in time`() {
    var memory = RefusedMessages()
    func name(_ number: Int) -> [UInt8] { Array("client-\(number)".utf8) }
    for number in 0..<(RefusedMessages.clientsMax * 2) {
      let isEnough = memory.refused(name(number), digest: 1, nowMilliseconds: Int64(number))
      #expect(!isEnough)
      #expect(memory.count <= RefusedMessages.clientsMax)
    }
    let last = RefusedMessages.clientsMax * 2 - 1
    let now = Int64(last)
    #expect(memory.isWatched(name(last), nowMilliseconds: now) && !memory.isWatched(name(0), nowMilliseconds: now))
    for digest in 0..<100 { _ = memory.refused(name(last), digest: UInt64(digest), nowMilliseconds: now) }
    let isEnough = memory.refused(name(last), digest: 1, nowMilliseconds: now)
    #expect(!isEnough, "forgotten, and begun anew")
    let later = now + RefusedMessages.memoryMilliseconds
    #expect(!memory.isWatched(name(last), nowMilliseconds: later))
    var repeated = RefusedMessages()
    for time in 0..<10 {
      let now = Int64(time) * RefusedMessages.memoryMilliseconds
      let isEnough = repeated.refused([1], digest: 1, nowMilliseconds: now)
      #expect(!isEnough)
    }
  }
}

extension ShardCounters {
  fileprivate var refusedAcknowledgedNow: Int { refusedAcknowledged.now }
}
