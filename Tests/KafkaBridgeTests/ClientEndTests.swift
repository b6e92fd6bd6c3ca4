import BrokerCore
import KafkaClient
import Testing

@testable import KafkaBridge

/// What publishers see when the Kafka client must be replaced.
@Suite(.serialized) struct ClientEndTests {
  private let kafka: EmbeddedKafka
  private let mailboxes = FakeMailboxes()
  private let log = MemoryLog()

  init() throws { kafka = try EmbeddedKafka() }

  private func bridge(to: [ToKafkaMapping], limits: KafkaBridgeLimits = KafkaBridgeLimits()) throws -> KafkaBridge {
    let kafka = KafkaConfiguration(
      bootstrapServers: kafka.bootstrapServers, properties: [("reconnect.backoff.max.ms", "200")])
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(kafka: kafka, toKafka: to, origin: "me", limits: limits), log: log)
    try bridge.start(mailboxes: mailboxes)
    return bridge
  }

  private func token(_ slot: Int) -> ObligationToken { ObligationToken(shard: slot % 2, slot: slot, generation: 1) }

  @Test func `when the Kafka client ends another one takes over, and nobody is told`() throws {
    try kafka.createTopic("t", partitions: 1)
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")])
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(mailboxes.wait { discharges, _ in discharges.count == 1 })
    // Out of order sequence number: what was written before is gone from Kafka.
    kafka.failProduceRequests(with: [KafkaErrorCode(rawValue: 45)])
    for slot in 2..<10 { #expect(bridge.publish("a", token: token(slot)) == .accepted(obligations: 1)) }
    #expect(mailboxes.wait { discharges, _ in discharges.count == 9 })
    #expect(mailboxes.discharges.allSatisfy { $0.outcome == .fulfilled })
    #expect(log.text.contains { $0.contains("is made anew") })
    #expect(bridge.counters("m")?.delivered == 9 && bridge.counters("m")?.open == 0 && bridge.balances())
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `while one client after the other ends publishes are refused for now, and that ends by itself`() throws {
    try kafka.createTopic("t", partitions: 1)
    var limits = KafkaBridgeLimits()
    limits.watchSeconds = 1
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t")], limits: limits)
    kafka.failProduceRequests(with: Array(repeating: KafkaErrorCode(rawValue: 45), count: 6))
    #expect(bridge.publish("a", token: token(1)) == .accepted(obligations: 1))
    #expect(
      mailboxes.wait { discharges, _ in discharges == [Discharge(token: token(1), outcome: .refusedForQuota)] })
    #expect(bridge.publish("a", token: token(2)) == .refusedForQuota)
    #expect(eventually { bridge.health.isReachable == false })
    #expect(bridge.health.lastError?.contains("made anew") == true)
    #expect(log.text.contains { $0.contains("error the Kafka client can't go on") })
    #expect(bridge.counters("m")?.open == 0 && bridge.balances())
    // Two more end, after a second and two more; the third goes on.
    var slot = 2
    #expect(
      eventually {
        slot += 1
        _ = bridge.publish("a", token: token(slot))
        return mailboxes.discharges.last?.outcome == .fulfilled
      })
    #expect(eventually { bridge.health.isReachable == true })
    bridge.stop(timeoutSeconds: 5)
    #expect(bridge.counters("m")?.open == 0 && bridge.balances())
  }

  @Test func `a publish whose time is over is not written after an outage, and its publisher is told it is done`()
    throws
  {
    try kafka.createTopic("t", partitions: 1)
    let bridge = try bridge(to: [ToKafkaMapping(name: "m", filter: "#", topic: "t", headerSet: .none)])
    kafka.setReachable(false)
    #expect(bridge.publish("a", [1], token: token(1)) == .accepted(obligations: 1))
    #expect(bridge.publish("a", [2], expirySeconds: 1, token: token(2)) == .accepted(obligations: 1))
    #expect(bridge.publish("a", [3], expirySeconds: 3_600, token: token(3)) == .accepted(obligations: 1))
    #expect(bridge.publish("a", [4], qos: 0, expirySeconds: 0) == .accepted(obligations: 0))
    #expect(mailboxes.wait { discharges, _ in discharges == [Discharge(token: token(2), outcome: .fulfilled)] })
    #expect(eventually { bridge.counters("m")?.expired == 2 })
    #expect(bridge.counters("m")?.open == 2 && bridge.balances())
    kafka.setReachable(true)
    #expect(mailboxes.wait { discharges, _ in discharges.count == 3 })
    #expect(mailboxes.discharges.allSatisfy { $0.outcome == .fulfilled })
    let records = try #require(try RawReader.read("t", count: 2, from: kafka))
    #expect(records.map(\.value) == [[1], [3]])
    bridge.stop(timeoutSeconds: 5)
    let books = try #require(bridge.counters("m"))
    #expect(books.accepted == 4 && books.delivered == 2 && books.expired == 2 && books.open == 0)
  }
}
