import BrokerCore
import KafkaClient
import Testing

@testable import KafkaBridge

/// The bridge against the cluster in memory.
@Suite(.serialized) struct KafkaBridgeTests {
  let kafka: EmbeddedKafka
  let mailboxes = FakeMailboxes()
  let log = MemoryLog()

  init() throws { kafka = try EmbeddedKafka() }

  private func bridge(
    to: [ToKafkaMapping] = [], from: [FromKafkaMapping] = [], limits: KafkaBridgeLimits = KafkaBridgeLimits(),
    mailboxes other: FakeMailboxes? = nil
  ) throws -> KafkaBridge {
    let kafka = KafkaConfiguration(
      bootstrapServers: kafka.bootstrapServers,
      // The embedded cluster forgets a member that left only when its session is over.
      properties: [("reconnect.backoff.max.ms", "200"), ("session.timeout.ms", "6000")])
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(kafka: kafka, toKafka: to, fromKafka: from, origin: "me", limits: limits),
      log: log)
    try bridge.start(mailboxes: other ?? mailboxes)
    return bridge
  }

  private func token(_ slot: Int) -> ObligationToken { ObligationToken(shard: slot % 2, slot: slot, generation: 1) }

  private func text(_ message: Message) -> (topic: String, payload: [UInt8]) {
    (String(decoding: message.topic, as: UTF8.self), Array(message.payload))
  }

  private func userProperty(_ name: String, _ value: String) -> [UInt8] {
    [0x26, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, UInt8(value.utf8.count)] + Array(value.utf8)
  }

  @Test func `a publish goes to Kafka with key and headers, and comes back as a message`() throws {
    let from = try bridge(from: [
      FromKafkaMapping(name: "back", topic: "telemetry", publish: "out/{header:plant}/{key}", qos: 2, isRetain: true)
    ])
    let other = FakeMailboxes()
    // Another origin's writer: the same bridge would not hear itself.
    let to = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers),
        toKafka: [
          ToKafkaMapping(
            name: "there", filter: "plants/{plant}/devices/{device}/#", topic: "telemetry", key: "{device}",
            headers: [.init(name: "plant", template: "{plant}"), .init(name: "who", template: "{client}-{qos}")],
            headerSet: .all)
        ], origin: "you"), log: log)
    try to.start(mailboxes: other)
    let properties: [UInt8] =
      [0x01, 1, 0x03, 0, 1, 0x6A, 0x08, 0, 1, 0x72, 0x09, 0, 2, 0xFF, 0] + userProperty("plant", "fake")
      + userProperty("mqtt.client", "fake") + userProperty("a", "b")
    #expect(
      to.publish("plants/7/devices/d1/t", [9, 8], properties: properties, token: token(1)) == .accepted(obligations: 1))
    #expect(other.wait { discharges, _ in discharges == [Discharge(token: token(1), outcome: .fulfilled)] })
    #expect(mailboxes.wait { _, records in records.count == 1 })
    let message = mailboxes.records[0].message
    #expect(text(message) == ("out/7/d1", [9, 8]))
    #expect(level(of: message.qos) == 2 && message.isRetain && message.publisher.kafkaTopic == "telemetry")
    // Of the user properties the mapping's own is first, then what the publisher said; its name is its own again.
    let userFirst = userProperty("plant", "7") + userProperty("who", "c1-1")
    let rest = [0x01, 1, 0x03, 0, 1, 0x6A, 0x08, 0, 1, 0x72, 0x09, 0, 2, 0xFF, 0] as [UInt8]
    let user = userProperty("plant", "fake") + userProperty("mqtt.client", "fake") + userProperty("a", "b")
    #expect(Array(message.properties) == rest + userFirst + user)
    #expect(eventually { from.counters("back", .fromKafka)?.delivered == 1 })
    #expect(to.counters("there")?.delivered == 1 && to.balances())
    to.stop(timeoutSeconds: 5)
    from.stop(timeoutSeconds: 5)
  }

  @Test func `a publish is acknowledged as soon as the bridge is connected, before anything is read`() throws {
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers),
        toKafka: [ToKafkaMapping(name: "m", filter: "#", topic: "t")],
        fromKafka: [FromKafkaMapping(name: "n", topic: "t", publish: "x")], origin: "me"), log: log)
    bridge.connect(mailboxes: mailboxes)
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token(1), outcome: .fulfilled)] })
    #expect(mailboxes.records.isEmpty)
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `once reading has ended nothing is handed on, and what is done then is read again`() throws {
    let mappings = [FromKafkaMapping(name: "m", topic: "t", publish: "x/{offset}", group: "g")]
    let writer = try bridge(to: [ToKafkaMapping(name: "w", filter: "#", topic: "t", headerSet: .none)])
    let open = FakeMailboxes(completesAtOnce: false)
    let reader = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(
          bootstrapServers: kafka.bootstrapServers, properties: [("session.timeout.ms", "6000")]),
        fromKafka: mappings, origin: "you"), log: log)
    try reader.start(mailboxes: open)
    #expect(writer.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(open.wait { _, records in records.count == 1 })
    reader.stopReading(timeoutSeconds: 5)
    // As a shard does whose clients were sent away.
    for record in open.records { record.source?.completed([record.position]) }
    #expect(writer.publish("a", token: token(2)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 2 })
    reader.stop(timeoutSeconds: 5)
    #expect(open.records.count == 1)
    let again = FakeMailboxes()
    let next = try bridge(from: mappings, mailboxes: again)
    #expect(again.wait { _, records in records.count == 2 })
    next.stop(timeoutSeconds: 5)
    writer.stop(timeoutSeconds: 5)
  }

  @Test func `a record that the bridge wrote is not read back`() throws {
    let bridge = try bridge(
      to: [ToKafkaMapping(name: "there", filter: "#", topic: "both", headerSet: .none)],
      from: [FromKafkaMapping(name: "back", topic: "^bo.*", publish: "x/{key}")])
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(eventually { bridge.counters("back", .fromKafka)?.looped == 1 })
    #expect(mailboxes.records.isEmpty)
    // A message that came from that topic doesn't go back to it, either.
    #expect(bridge.publish("a", by: Publisher(kafkaTopic: "both"), token: token(2)) == .accepted(obligations: 0))
    #expect(bridge.counters("there")?.looped == 1 && bridge.counters("there")?.accepted == 1)
    #expect(
      log.text.contains { $0.contains("the loop guard left out a message") && $0.contains("kafka_topic=both topic=a") })
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `QoS 0 and receipt open no obligation and are counted all the same`() throws {
    let bridge = try bridge(to: [
      ToKafkaMapping(name: "promise", filter: "a", topic: "t"),
      ToKafkaMapping(name: "none", filter: "b", topic: "t", acknowledge: .receipt),
    ])
    #expect(bridge.publish("a", qos: 0) == .accepted(obligations: 0))
    #expect(bridge.publish("b", token: token(1)) == .accepted(obligations: 0))
    #expect(bridge.publish("c", token: token(1)) == nil)
    #expect(eventually { bridge.counters("promise")?.delivered == 1 && bridge.counters("none")?.delivered == 1 })
    bridge.stop(timeoutSeconds: 5)
    #expect(mailboxes.discharges.isEmpty)
  }

  @Test func `with Kafka away publishes wait, are refused past the bound, and go through when it comes`() throws {
    kafka.setReachable(false)
    var limits = KafkaBridgeLimits()
    limits.queuedRecordsMax = 10
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")], limits: limits)
    for slot in 0..<10 { #expect(bridge.publish("a", token: token(slot)) == .accepted(obligations: 1)) }
    #expect(bridge.publish("a", token: token(10)) == .refusedForQuota)
    #expect(eventually { bridge.health.isReachable == false })
    #expect(bridge.health.lastError != nil && bridge.health.queuedRecords == 10)
    let during = try #require(bridge.counters("m"))
    #expect(during.open == 10 && during.refused == 1 && during.accepted == 11 && bridge.balances())
    #expect(mailboxes.discharges.isEmpty)
    kafka.setReachable(true)
    #expect(mailboxes.wait { discharges, _ in discharges.count == 10 })
    #expect(mailboxes.discharges.allSatisfy { $0.outcome == .fulfilled })
    #expect(eventually { bridge.health.isReachable == true })
    bridge.stop(timeoutSeconds: 5)
    #expect(log.text.filter { $0.contains("Kafka can't be reached") }.count == 1)
  }

  @Test func `user properties fill the bound of bytes as payloads do`() throws {
    kafka.setReachable(false)
    var limits = KafkaBridgeLimits()
    limits.queuedBytesMax = 100_000
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")], limits: limits)
    let large = [0x26, 0, 1, 0x61, 0x75, 0x30] as [UInt8] + Array(repeating: 0x62, count: 30_000)
    var taken = 0
    while taken < 100, bridge.publish("a", properties: large, qos: 0) == .accepted(obligations: 0) { taken += 1 }
    #expect(taken == 4)
    bridge.stop(timeoutSeconds: 0)
    #expect(bridge.health.queuedBytes == 0)
  }

  @Test func `a topic that Kafka doesn't allow refuses the whole publish and is explained`() throws {
    let bridge = try bridge(to: [
      ToKafkaMapping(name: "plain", filter: "#", topic: "t"),
      ToKafkaMapping(name: "made", filter: "a/{x}", topic: "{x}-t"),
      ToKafkaMapping(name: "user", filter: "u/{x}", topic: "{user}-t"),
    ])
    #expect(bridge.publish("a/b c", token: token(1)) == .refused)
    #expect(bridge.counters("plain")?.refused == 1 && bridge.counters("made")?.refused == 1)
    #expect(bridge.publish("a/b", token: token(2)) == .accepted(obligations: 2))
    // What the publisher decides is known only when the mapping before has its record: the refusal is discharged.
    let stranger = Publisher(clientID: [1], userName: Array("x y".utf8))
    #expect(bridge.publish("u/1", by: stranger, token: token(3)) == .accepted(obligations: 2))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 4 })
    let third = mailboxes.discharges.filter { $0.token == token(3) }.map(\.outcome)
    #expect(Set(third) == [.fulfilled, .refused])
    #expect(log.text.contains { $0.contains("mapping=made kafka_topic=b c-t") && $0.contains("topic template") })
    #expect(log.text.contains { $0.contains("mapping=user kafka_topic=x y-t") && $0.contains("topic=u/1") })
    for name in ["plain", "made", "user"] { #expect(bridge.counters(name)?.open == 0) }
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `what Kafka refuses is discharged as refused`() throws {
    try kafka.createTopic("t", partitions: 1)
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")])
    kafka.failProduceRequests(with: [KafkaErrorCode(rawValue: 87)])
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token(1), outcome: .refused)] })
    #expect(bridge.counters("m")?.refused == 1 && bridge.counters("m")?.open == 0)
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `what a mapping acknowledges to 3_x clients is told from what it refuses`() throws {
    try kafka.createTopic("t", partitions: 1)
    func mapping(_ name: String, _ filter: String, _ topic: String, _ answer: ToKafkaMapping.PermanentRefusal3x)
      -> ToKafkaMapping
    {
      ToKafkaMapping(name: name, filter: filter, topic: topic, permanentRefusal3x: answer)
    }
    let bridge = try bridge(to: [
      mapping("first", "a/{x}", "{x}-t", .acknowledge), mapping("second", "b/{x}", "{x}-t", .acknowledge),
      mapping("third", "b/{x}", "{x}-t", .disconnect), mapping("t", "u/#", "t", .disconnect),
      mapping("user", "u/#", "{user}-t", .acknowledge), mapping("reported", "r", "t", .acknowledge),
    ])
    #expect(bridge.publish("a/b c", token: token(1)) == .refusedUntold)
    #expect(bridge.publish("b/b c", token: token(2)) == .refused, "one that doesn't acknowledge is enough")
    let stranger = Publisher(clientID: [1], userName: Array("x y".utf8))
    #expect(bridge.publish("u/1", by: stranger, token: token(3)) == .accepted(obligations: 2))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 2 })
    #expect(Set(mailboxes.discharges.map(\.outcome)) == [.fulfilled, .refusedUntold])
    kafka.failProduceRequests(with: [KafkaErrorCode(rawValue: 87)])
    #expect(bridge.publish("r", token: token(4)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 3 })
    #expect(mailboxes.discharges.last == Discharge(token: token(4), outcome: .refusedUntold))
    for name in ["first", "second", "third", "t", "user", "reported"] { #expect(bridge.counters(name)?.open == 0) }
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `a topic that Kafka takes nothing for is told of, and when it does again`() throws {
    try kafka.createTopic("t", partitions: 1)
    var limits = KafkaBridgeLimits()
    limits.watchSeconds = 1
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")], limits: limits)
    // Not enough replicas in sync: the client asks again and again.
    kafka.failProduceRequests(with: Array(repeating: KafkaErrorCode(rawValue: 19), count: 60))
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    let stalled = "takes no records"
    #expect(eventually { log.text.contains { $0.contains(stalled) && $0.contains("mapping=m kafka_topic=t open=1") } })
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token(1), outcome: .fulfilled)] })
    #expect(eventually { log.text.contains { $0.contains("move again") } })
    #expect(log.text.filter { $0.contains(stalled) }.count == 1)
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `a record of another topic is taken beyond the bound that holds for clients`() throws {
    kafka.setReachable(false)
    var limits = KafkaBridgeLimits()
    limits.queuedRecordsMax = 10
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")], limits: limits)
    let source = Publisher(kafkaTopic: "other")
    for slot in 0..<20 { #expect(bridge.publish("a", by: source, token: token(slot)) == .accepted(obligations: 1)) }
    #expect(bridge.publish("a", token: token(20)) == .refusedForQuota)
    #expect(bridge.publish("a", by: source, token: token(21)) == .refusedForQuota)
    bridge.stop(timeoutSeconds: 0)
    #expect(bridge.balances())
  }

  @Test func `stopping without Kafka discharges what is given up, for another time`() throws {
    kafka.setReachable(false)
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")])
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    bridge.stop(timeoutSeconds: 0.2)
    #expect(mailboxes.discharges == [Discharge(token: token(1), outcome: .refusedForQuota)])
    #expect(bridge.publish("a", token: token(2)) == .refusedForQuota)
    #expect(bridge.balances())
  }

  @Test func `too many user properties and too large payloads are refused before anything is sent`() throws {
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")])
    let many = (0..<65).flatMap { _ in userProperty("a", "b") }
    #expect(bridge.publish("a", properties: many, token: token(1)) == .refused)
    #expect(bridge.publish("a", Array(repeating: 0, count: 1_000_001), token: token(1)) == .refused)
    #expect(bridge.counters("m")?.refused == 2)
    #expect(log.text.contains { $0.contains("bytes=1000001 bytes_max=1000000") && $0.contains("kafka_topic=t") })
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `records that no topic can be made of are skipped, counted, and do not hold the offset back`() throws {
    try kafka.createTopic("cmd", partitions: 1)
    let producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in }, deliveries: { _ in })
    let topic = try producer.topic(named: "cmd")
    for key in [[], [0x61], [0x2F], [0xFF], [0x62]] as [[UInt8]] {
      _ = key.withUnsafeBytes { producer.produce(topic: topic, key: $0, value: $0, headers: nil, opaque: 0) }
    }
    #expect(producer.flush(timeoutSeconds: 20))
    let bridge = try bridge(from: [FromKafkaMapping(name: "m", topic: "cmd", publish: "d/{key}")])
    #expect(mailboxes.wait { _, records in records.count == 2 })
    #expect(mailboxes.records.map { text($0.message).topic } == ["d/a", "d/b"])
    #expect(bridge.counters("m", .fromKafka)?.refused == 3)
    bridge.stop(timeoutSeconds: 10)
    // All five are committed: a second bridge reads only what is new.
    let second = FakeMailboxes()
    let again = try self.bridge(
      from: [FromKafkaMapping(name: "m", topic: "cmd", publish: "d/{key}")], mailboxes: second)
    _ = [UInt8(0x63)].withUnsafeBytes { producer.produce(topic: topic, key: $0, value: nil, headers: nil, opaque: 0) }
    #expect(second.wait { _, records in records.count == 1 })
    #expect(second.records.map { text($0.message).topic } == ["d/c"])
    again.stop(timeoutSeconds: 10)
  }

  @Test func `open records are bounded by pausing, and undone ones are read again after a restart`() throws {
    try kafka.createTopic("cmd", partitions: 1)
    let producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in }, deliveries: { _ in })
    let topic = try producer.topic(named: "cmd")
    for index in 0..<3_000 {
      _ = withUnsafeBytes(of: UInt16(index)) { value in
        producer.produce(
          topic: topic, key: UnsafeRawBufferPointer(rebasing: value[..<0]), value: value, headers: nil, opaque: 0)
      }
    }
    #expect(producer.flush(timeoutSeconds: 20))
    var limits = KafkaBridgeLimits()
    limits.openRecordsMax = 100
    let lazy = FakeMailboxes(completesAtOnce: false)
    let mapping = FromKafkaMapping(name: "m", topic: "cmd", publish: "d/{offset}")
    let bridge = try bridge(from: [mapping], limits: limits, mailboxes: lazy)
    // Completing all but the first lets every record through, in order, but commits nothing.
    var done = 1
    while done < 3_000 {
      #expect(lazy.wait { _, records in records.count > done })
      let records = lazy.records
      guard records.count > done else { break }
      #expect(records.count - done <= 100 + 500)
      records[done].source?.completed(records[done...].map(\.position).reversed())
      done = records.count
    }
    let topics = lazy.records.map { text($0.message).topic }
    let wrong = topics.indices.first { topics[$0] != "d/\($0)" }
    #expect(wrong == nil, "\(topics.count) records; at \(wrong ?? 0): \(topics[(wrong ?? 0)...].prefix(5))")
    #expect(bridge.counters("m", .fromKafka)?.open == 1)
    bridge.stop(timeoutSeconds: 10)
    let again = try self.bridge(from: [mapping])
    #expect(mailboxes.wait { _, records in records.count == 3_000 })
    again.stop(timeoutSeconds: 10)
  }

  @Test func `wrong mappings are all told, with what is known`() {
    let kafka = KafkaConfiguration(bootstrapServers: "x")
    let errors = KafkaBridge.check(
      KafkaBridgeConfiguration(
        kafka: kafka,
        toKafka: [
          ToKafkaMapping(name: "a", filter: "p/{device}", topic: "t", key: "{devise}"),
          ToKafkaMapping(name: "a", filter: "p", topic: "no/good"),
          ToKafkaMapping(name: "c", filter: "p", topic: "t", headers: [.init(name: "mqtt.topic", template: "x")]),
          ToKafkaMapping(name: "d", filter: "p", topic: "t", acknowledge: .journal),
        ],
        fromKafka: [
          FromKafkaMapping(name: "e", topic: "^(", publish: "x"),
          FromKafkaMapping(name: "f", topic: "t", publish: "x", qos: 3),
          FromKafkaMapping(name: "g", topic: "t", publish: "x", group: "one"),
          FromKafkaMapping(name: "h", topic: "^t", publish: "x", group: "one"),
        ], origin: "")
    ).map(\.description)
    let wanted = [
      "mapping a, key, at 1: no capture named devise; did you mean device?", "can't be a Kafka topic",
      "headers.mqtt.topic",
      "there is no journal yet", "not a regular expression", "qos is 0, 1 or 2", "two mappings of one direction",
      "another group",
      "origin is empty",
    ]
    for text in wanted { #expect(errors.contains { $0.contains(text) }, "\(text)") }
    #expect(errors.count == wanted.count)
  }
}
