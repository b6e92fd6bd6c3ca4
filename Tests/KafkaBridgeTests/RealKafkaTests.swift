import BrokerCore
import Foundation
import KafkaClient
import Testing

@testable import KafkaBridge

/// The path of a script that runs a real Apache Kafka on loopback (`start`, `kill`, `restart`, `wipe`, `--dir`,
/// `--port`).
private let script = ProcessInfo.processInfo.environment["SLUICE_TEST_KAFKA"]

/// The bridge against a real Apache Kafka, which is killed while records are under way.
@Suite(.serialized, .enabled(if: script != nil, "SLUICE_TEST_KAFKA is not set")) final class RealKafkaTests {
  /// The first of two, beside what other tests and the benchmarks take; another run beside this one has another.
  private let port = 28_000 + Int(getpid()) % 300 * 10
  private let folder = NSTemporaryDirectory() + "sluice-kafka-\(getpid())"
  private let log = MemoryLog()

  init() throws { try run("start", "--port", String(port)) }

  deinit { try? run("wipe") }

  private func run(_ command: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: script ?? "")
    process.arguments = [command, "--dir", folder] + arguments
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "kafka \(command): \(String(decoding: said, as: UTF8.self))")
  }

  private var kafka: KafkaConfiguration {
    KafkaConfiguration(bootstrapServers: "127.0.0.1:\(port)", properties: [("reconnect.backoff.max.ms", "500")])
  }

  private func makeTopic(_ name: String, partitions: Int) throws {
    let admin = try KafkaAdmin(configuration: kafka, log: { _ in })
    #expect(try admin.createTopic(name, partitions: partitions, timeoutSeconds: 20))
    #expect(try !admin.createTopic(name, partitions: partitions, timeoutSeconds: 20))
    // Each broker hears of it a little later.
    #expect(eventually { (try? admin.partitionCount(of: name, timeoutSeconds: 20)) == partitions })
  }

  private func bridge(
    _ origin: String, to: [ToKafkaMapping] = [], from: [FromKafkaMapping] = [],
    properties: [(name: String, value: String)] = []
  ) throws -> KafkaBridge {
    let kafka = properties.reduce(kafka) { $0.defaulting($1.name, to: $1.value) }
    return try KafkaBridge(
      configuration: KafkaBridgeConfiguration(kafka: kafka, toKafka: to, fromKafka: from, origin: origin), log: log)
  }

  @Test func `kills of Kafka lose no acknowledged message, keep each device's order, and reach every reader`() throws {
    try makeTopic("telemetry", partitions: 4)
    let writing = FakeMailboxes()
    let writer = try bridge(
      "writer", to: [ToKafkaMapping(name: "out", filter: "d/{device}/t", topic: "telemetry", key: "{device}")])
    try writer.start(mailboxes: writing)
    let reading = FakeMailboxes()
    let reader = try bridge("reader", from: [FromKafkaMapping(name: "in", topic: "telemetry", publish: "r/{key}")])
    try reader.start(mailboxes: reading)

    let perRound = 5_000
    let rounds = 4
    var refused: Set<Int> = []
    for round in 0..<rounds {
      // The second and fourth round are written while Kafka is gone.
      if round == 1 || round == 3 { try run("kill") }
      for slot in (round * perRound)..<((round + 1) * perRound) {
        let token = ObligationToken(shard: slot % 2, slot: slot, generation: 1)
        let payload = withUnsafeBytes(of: UInt32(slot)) { Array($0) }
        let outcome = writer.publish("d/\(slot % 10)/t", payload, token: token)
        if outcome != .accepted(obligations: 1) { refused.insert(slot) }
      }
      if round == 1 || round == 3 { try run("restart") }
    }
    #expect(refused.isEmpty)
    let total = rounds * perRound
    #expect(writing.wait(seconds: 120) { discharges, _ in discharges.count == total })
    #expect(writing.discharges.allSatisfy { $0.outcome == .fulfilled })
    #expect(Set(writing.discharges.map(\.token)).count == total)
    let books = try #require(writer.counters("out"))
    #expect(books.delivered == UInt64(total) && books.open == 0 && writer.balances())

    #expect(
      reading.wait(seconds: 120) { _, records in Set(records.map { [UInt8]($0.message.payload) }).count == total })
    var last: [String: Int] = [:]
    var seen: Set<Int> = []
    for record in reading.records {
      let slot = record.message.payload.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) }
      let topic = String(decoding: record.message.topic, as: UTF8.self)
      #expect(topic == "r/\(slot % 10)")
      // Read again after the kill is allowed; out of order the first time is not.
      if seen.insert(slot).inserted {
        #expect(slot > last[topic] ?? -1)
        last[topic] = slot
      }
    }
    writer.stop(timeoutSeconds: 10)
    reader.stop(timeoutSeconds: 10)

    // All of it was done, so another reader of the group gets only what is new.
    let late = FakeMailboxes()
    let again = try bridge("reader", from: [FromKafkaMapping(name: "in", topic: "telemetry", publish: "r/{key}")])
    try again.start(mailboxes: late)
    let second = try bridge("writer", to: [ToKafkaMapping(name: "out", filter: "#", topic: "telemetry", key: "new")])
    try second.start(mailboxes: writing)
    _ = second.publish("x", [1, 2, 3, 4], qos: 0)
    #expect(late.wait { _, records in !records.isEmpty })
    #expect(late.records.map { String(decoding: $0.message.topic, as: UTF8.self) } == ["r/new"])
    second.stop(timeoutSeconds: 10)
    again.stop(timeoutSeconds: 10)
  }

  @Test func `members of a group that come and go read each record that is done once, and none is left out`() throws {
    try makeTopic("shared", partitions: 4)
    let writer = try bridge(
      "writer", to: [ToKafkaMapping(name: "out", filter: "d/{device}", topic: "shared", key: "{device}")])
    try writer.start(mailboxes: FakeMailboxes())
    var written = 0
    func write(_ count: Int) {
      for number in written..<written + count {
        _ = writer.publish("d/\(number % 50)", withUnsafeBytes(of: UInt32(number)) { Array($0) }, qos: 0)
      }
      written += count
    }
    func numbers(_ mailboxes: FakeMailboxes) -> [UInt32] {
      mailboxes.records.map { $0.message.payload.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }
    }
    let mapping = FromKafkaMapping(name: "in", topic: "shared", publish: "r/{key}", group: "both")
    let (first, second) = (FakeMailboxes(), FakeMailboxes())
    let old = try bridge("a", from: [mapping])
    try old.start(mailboxes: first)
    write(2_000)
    #expect(first.wait { _, records in records.count == 2_000 })
    // The second comes before the next commit in the course of time: what is done is committed when partitions go.
    let new = try bridge("b", from: [mapping])
    try new.start(mailboxes: second)
    #expect(eventually(seconds: 60) { log.text.filter { $0.contains("mapping=in partitions=2") }.count >= 2 })
    write(1_000)
    #expect(eventually { first.records.count + second.records.count >= written })
    #expect(!second.records.isEmpty)
    old.stop(timeoutSeconds: 10)
    write(1_000)
    #expect(eventually(seconds: 60) { first.records.count + second.records.count >= written })
    new.stop(timeoutSeconds: 10)
    #expect((numbers(first) + numbers(second)).sorted() == (0..<4_000).map { UInt32($0) })
    writer.stop(timeoutSeconds: 10)
  }

  @Test func `of two with one instance the later reads, the earlier says why not, and reads again once it is alone`()
    throws
  {
    try makeTopic("one", partitions: 2)
    let mapping = FromKafkaMapping(name: "in", topic: "one", publish: "r/{partition}")
    let quick = [(name: "session.timeout.ms", value: "6000"), (name: "heartbeat.interval.ms", value: "500")]
    let old = try bridge("twin", from: [mapping], properties: quick)
    try old.start(mailboxes: FakeMailboxes())
    #expect(eventually { reads(2) == 1 })
    let new = try bridge("twin", from: [mapping], properties: quick)
    let late = FakeMailboxes()
    try new.start(mailboxes: late)
    #expect(eventually { old.health.problems.contains { $0.reason.contains("the same kafka.instance (twin)") } })
    #expect(eventually { new.health.problems.isEmpty && reads(2) == 2 })
    let writer = try bridge("writer", to: [ToKafkaMapping(name: "out", filter: "#", topic: "one")])
    try writer.start(mailboxes: FakeMailboxes())
    _ = writer.publish("x", [1], qos: 0)
    #expect(late.wait { _, records in records.count == 1 })
    // It is told once, and the lost place is not taken back from one that lives.
    let said = log.text.filter { $0.hasPrefix("error another Sluice has the same kafka.instance") }
    #expect(said.count == 1 && said[0].contains("mapping=in instance=twin"), "\(said)")
    new.stop(timeoutSeconds: 10)
    #expect(eventually(seconds: 60) { old.health.problems.isEmpty })
    #expect(reads(2) == 3)
    old.stop(timeoutSeconds: 10)
    writer.stop(timeoutSeconds: 10)
  }

  /// How often a mapping was given so many partitions.
  private func reads(_ partitions: Int) -> Int {
    log.text.count { $0.contains("reading from Kafka mapping=in partitions=\(partitions)") }
  }

  @Test(arguments: [false, true])
  func `who comes back with another topic, or to more partitions, gets those and not its old ones`(isShared: Bool)
    throws
  {
    for topic in ["old", "new"] { try makeTopic(topic, partitions: 2) }
    func read(_ topic: String) throws -> (KafkaBridge, FakeMailboxes) {
      let mailboxes = FakeMailboxes()
      var mapping = FromKafkaMapping(name: "in", topic: topic, publish: "{topic}/{partition}", group: "g")
      mapping.isGroupShared = isShared
      let made = try bridge("back", from: [mapping])
      try made.start(mailboxes: mailboxes)
      return (made, mailboxes)
    }
    let (first, _) = try read("old")
    #expect(eventually { reads(2) == 1 })
    first.stop(timeoutSeconds: 10)
    let (second, got) = try read("new")
    let writer = try bridge("writer", to: [ToKafkaMapping(name: "out", filter: "#", topic: "new")])
    try writer.start(mailboxes: FakeMailboxes())
    _ = writer.publish("x", [1], qos: 0)
    #expect(got.wait(seconds: 20) { _, records in records.count == 1 })
    second.stop(timeoutSeconds: 10)
    try run("topics", "--", "--alter", "--topic", "new", "--partitions", "5")
    let (third, _) = try read("new")
    #expect(eventually(seconds: 20) { reads(5) == 1 })
    third.stop(timeoutSeconds: 10)
    writer.stop(timeoutSeconds: 10)
  }

  @Test func `a bridge starts without Kafka and goes on when it comes`() throws {
    try makeTopic("t", partitions: 1)
    try run("kill")
    let mailboxes = FakeMailboxes()
    let bridge = try bridge("me", to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")])
    try bridge.start(mailboxes: mailboxes)
    let token = ObligationToken(shard: 1, slot: 7, generation: 3)
    #expect(bridge.publish("a", token: token) == .accepted(obligations: 1))
    #expect(eventually { bridge.health.isReachable == false })
    #expect(mailboxes.discharges.isEmpty)
    try run("restart")
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token, outcome: .fulfilled)] })
    #expect(eventually { bridge.health.isReachable == true })
    bridge.stop(timeoutSeconds: 10)
  }

  @Test func `a topic that Kafka doesn't have is refused, and said`() throws {
    let mailboxes = FakeMailboxes()
    let kafka = KafkaConfiguration(
      bootstrapServers: "127.0.0.1:\(port)", properties: [("topic.metadata.propagation.max.ms", "500")])
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: kafka, toKafka: [ToKafkaMapping(name: "m", filter: "#", topic: "missing")]), log: log)
    try bridge.start(mailboxes: mailboxes)
    let token = ObligationToken(shard: 0, slot: 7, generation: 3)
    #expect(bridge.publish("a", token: token) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token, outcome: .refused)] })
    #expect(log.text.contains { $0.contains("mapping=m") && $0.contains("Unknown topic") })
    bridge.stop(timeoutSeconds: 10)
  }

  private func configure(_ topic: String, _ setting: String) throws {
    try run(
      "configs", "--", "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", setting)
  }

  @Test func `small messages in batches above their topic's limit are all written, in order, a larger one never`()
    throws
  {
    try makeTopic("small", partitions: 2)
    try configure("small", "max.message.bytes=5000")
    let mailboxes = FakeMailboxes()
    let bridge = try bridge(
      "me", to: [ToKafkaMapping(name: "m", filter: "d/{device}", topic: "small", key: "{device}")])
    try bridge.start(mailboxes: mailboxes)
    var random = SystemRandomNumberGenerator()
    func payload(_ number: Int, _ size: Int) -> [UInt8] {
      withUnsafeBytes(of: UInt32(number)) { Array($0) }
        + (4..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
    let count = 2_000
    for slot in 0..<count {
      let token = ObligationToken(shard: slot % 2, slot: slot, generation: 1)
      // One of them can't be taken at all.
      let size = slot == 700 ? 20_000 : 1_500
      #expect(bridge.publish("d/\(slot % 7)", payload(slot, size), token: token) == .accepted(obligations: 1))
      if slot == 1_000 {
        #expect(mailboxes.wait { discharges, _ in discharges.count > 900 })
        try configure("small", "max.message.bytes=2500")
      }
    }
    #expect(mailboxes.wait(seconds: 90) { discharges, _ in discharges.count == count })
    #expect(mailboxes.discharges.filter { $0.outcome != .fulfilled }.map(\.token.slot) == [700])
    #expect(log.text.contains { $0.contains("max.message.bytes is 5000") })
    #expect(
      log.text.contains { $0.contains("kafka_topic=small") && $0.contains("bytes=20") && $0.contains("bytes_max=5000") }
    )
    #expect(bridge.counters("m")?.refused == 1 && bridge.counters("m")?.open == 0 && bridge.balances())
    let reading = FakeMailboxes()
    let reader = try self.bridge("reader", from: [FromKafkaMapping(name: "in", topic: "small", publish: "r/{key}")])
    try reader.start(mailboxes: reading)
    func numbers(_ records: [GotRecord]) -> [Int] {
      records.map { $0.message.payload.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self)) } }
    }
    #expect(reading.wait(seconds: 60) { _, records in Set(numbers(records)).count == count - 1 })
    var seen: Set<Int> = []
    var last = [Int](repeating: -1, count: 7)
    for number in numbers(reading.records) where seen.insert(number).inserted {
      #expect(number > last[number % 7])
      last[number % 7] = number
    }
    reader.stop(timeoutSeconds: 10)
    bridge.stop(timeoutSeconds: 10)
  }

  @Test func `a topic that is made anew with fewer partitions refuses nothing for good`() throws {
    try makeTopic("anew", partitions: 8)
    let mailboxes = FakeMailboxes()
    let kafka = KafkaConfiguration(
      bootstrapServers: "127.0.0.1:\(port)", properties: [("topic.metadata.refresh.interval.ms", "500")])
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: kafka,
        toKafka: [ToKafkaMapping(name: "m", filter: "d/{device}", topic: "anew", key: "{device}")]), log: log)
    try bridge.start(mailboxes: mailboxes)
    var slot = 0
    func publish(_ number: Int) {
      for _ in 0..<number {
        slot += 1
        _ = bridge.publish("d/\(slot % 40)", token: ObligationToken(shard: 0, slot: slot, generation: 1))
      }
    }
    publish(400)
    #expect(mailboxes.wait { discharges, _ in discharges.count == 400 })
    try run("topics", "--", "--delete", "--topic", "anew")
    publish(200)
    let device = { bridge.publish("d/0", token: ObligationToken(shard: 0, slot: 9_999, generation: 1)) }
    #expect(eventually { device() == .refusedForQuota }, "until it is known that the topic is gone")
    #expect(device() == .refusedForQuota)
    try run("topics", "--", "--create", "--topic", "anew", "--partitions", "2")
    #expect(
      eventually(seconds: 60) {
        publish(40)
        return mailboxes.discharges.suffix(40).allSatisfy { $0.outcome == .fulfilled }
          && mailboxes.discharges.count > 1_000
      })
    #expect(!mailboxes.discharges.contains { $0.outcome == .refused })
    #expect(eventually { bridge.health.queuedRecords == 0 } && bridge.balances())
    bridge.stop(timeoutSeconds: 10)
  }

  @Test func `an expired publish is not written after Kafka was away`() throws {
    try makeTopic("late", partitions: 2)
    let mailboxes = FakeMailboxes()
    let bridge = try bridge("me", to: [ToKafkaMapping(name: "m", filter: "#", topic: "late", headerSet: .none)])
    try bridge.start(mailboxes: mailboxes)
    let token = { ObligationToken(shard: 0, slot: $0, generation: 1) }
    #expect(bridge.publish("a", [0], token: token(10)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 1 })
    // A Kafka that hangs, with what was sent to it unanswered, and then one that is gone.
    for command in ["pause", "kill"] {
      try run(command)
      let number = UInt8(command == "pause" ? 1 : 4)
      #expect(bridge.publish("a", [number], token: token(11)) == .accepted(obligations: 1))
      #expect(bridge.publish("a", [number + 1], expirySeconds: 1, token: token(12)) == .accepted(obligations: 1))
      #expect(bridge.publish("a", [number + 2], token: token(13)) == .accepted(obligations: 1))
      let expired = command == "pause" ? 1 : 2
      #expect(mailboxes.wait { discharges, _ in discharges.count { $0.token == token(12) } == expired })
      try run(command == "pause" ? "resume" : "restart")
      #expect(mailboxes.wait { discharges, _ in discharges.count == (command == "pause" ? 4 : 7) })
    }
    #expect(mailboxes.discharges.allSatisfy { $0.outcome == .fulfilled })
    #expect(
      eventually { bridge.counters("m").map { $0.expired == 2 && $0.open == 0 } ?? false },
      "\(String(describing: bridge.counters("m")))")
    #expect(bridge.balances())
    bridge.stop(timeoutSeconds: 10)
  }
}
