import BrokerCore
import KafkaClient
import Testing

@testable import KafkaBridge

/// What a publish becomes in Kafka, byte for byte, as docs/mappings.md says it.
@Suite(.serialized) struct RecordsToKafkaTests {
  private let kafka: EmbeddedKafka
  private let mailboxes = FakeMailboxes()
  private let log = MemoryLog()
  private let device = Publisher(
    clientID: Array("c1".utf8), userName: Array("ann".utf8), certificateName: Array("press".utf8))

  init() throws {
    kafka = try EmbeddedKafka()
    try kafka.createTopic("t", partitions: 1)
  }

  private func bridge(_ mappings: [ToKafkaMapping], from: [FromKafkaMapping] = []) throws -> KafkaBridge {
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), toKafka: mappings, fromKafka: from,
        origin: "me"), log: log)
    try bridge.start(mailboxes: mailboxes)
    return bridge
  }

  private func mapping(
    key: String = "{client}", headers: [ToKafkaMapping.Header] = [], _ set: ToKafkaMapping.HeaderSet = .none
  ) -> ToKafkaMapping {
    ToKafkaMapping(name: "m", filter: "p/{plant}/{rest...}", topic: "t", key: key, headers: headers, headerSet: set)
  }

  private func property(_ identifier: UInt8, _ parts: String...) -> [UInt8] {
    [identifier] + parts.flatMap { [UInt8($0.utf8.count >> 8), UInt8($0.utf8.count & 0xFF)] + Array($0.utf8) }
  }

  private var properties: [UInt8] {
    [0x01, 1] + property(0x03, "text/plain") + property(0x08, "answers") + property(0x09, "c-1")
      + property(0x26, "unit", "C") + property(0x26, "unit", "F")
  }

  @Test(
    arguments: [
      (.none, ["plant=7"]),
      (
        .standard,
        [
          "mqtt.topic=p/7/a/b", "mqtt.client=c1", "plant=7", "mqtt.content-type=text/plain",
          "mqtt.response-topic=answers", "mqtt.correlation-data=c-1", "unit=C", "unit=F",
        ]
      ),
      (
        .all,
        [
          "mqtt.topic=p/7/a/b", "mqtt.client=c1", "mqtt.user=ann", "mqtt.certificate=press", "plant=7",
          "mqtt.payload-format=1", "mqtt.content-type=text/plain", "mqtt.response-topic=answers",
          "mqtt.correlation-data=c-1", "unit=C", "unit=F", "mqtt.qos=2", "mqtt.retain=1",
        ]
      ),
    ] as [(ToKafkaMapping.HeaderSet, [String])])
  func `a header set is written in its order`(set: ToKafkaMapping.HeaderSet, headers: [String]) throws {
    let bridge = try bridge([mapping(headers: [.init(name: "plant", template: "{plant}")], set)])
    #expect(
      bridge.publish("p/7/a/b", [1, 0, 255], properties: properties, qos: 2, isRetain: true, by: device)
        == .accepted(obligations: 0))
    let records = try #require(try RawReader.read("t", count: 1, from: kafka))
    #expect(records[0].headers == headers)
    #expect(records[0].value == [1, 0, 255])
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `what is absent or the default is not written`() throws {
    let bridge = try bridge([mapping(.all)])
    _ = bridge.publish("p/7", [], qos: 0, by: Publisher(clientID: Array("c2".utf8), userName: []))
    let records = try #require(try RawReader.read("t", count: 1, from: kafka))
    #expect(records[0].headers == ["mqtt.topic=p/7", "mqtt.client=c2"])
    #expect(records[0].value == [], "an empty payload is not a tombstone")
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `no client can speak in Sluice's name or in the mapping's`() throws {
    let bridge = try bridge([mapping(headers: [.init(name: "plant", template: "{plant}")], .standard)])
    let names = ["plant", "mqtt.client", "mqtt.", "sluice.origin", "mqtt.user-property.x", "Plant", "mqtt", ""]
    _ = bridge.publish("p/7", properties: names.flatMap { property(0x26, $0, "v") })
    let records = try #require(try RawReader.read("t", count: 1, from: kafka))
    #expect(
      records[0].headers.dropFirst(3) == [
        "mqtt.user-property.plant=v", "mqtt.user-property.mqtt.client=v", "mqtt.user-property.mqtt.=v",
        "mqtt.user-property.sluice.origin=v", "mqtt.user-property.mqtt.user-property.x=v", "Plant=v", "mqtt=v", "=v",
      ])
    bridge.stop(timeoutSeconds: 5)
  }

  @Test(
    arguments: [
      ("{client}", "c1"), ("", nil), ("{rest}", "a/b"), ("{user}-{certificate}", "ann-press"), ("fixed", "fixed"),
      ("{topic}|{qos}", "p/7/a/b|1"), ("{{{plant}}}", "{7}"),
    ] as [(String, String?)])
  func `a key is made of its template`(template: String, key: String?) throws {
    let bridge = try bridge([mapping(key: template)])
    _ = bridge.publish("p/7/a/b", by: device)
    let records = try #require(try RawReader.read("t", count: 1, from: kafka))
    #expect(records[0].key == key.map { Array($0.utf8) })
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `a key whose variables are empty is an empty key, not none`() throws {
    let bridge = try bridge([
      mapping(key: "{user}"), ToKafkaMapping(name: "n", filter: "p/7/{rest...}", topic: "t", key: "{rest}"),
    ])
    _ = bridge.publish("p/7", by: Publisher(clientID: [1], userName: []))
    let records = try #require(try RawReader.read("t", count: 2, from: kafka))
    #expect(records.allSatisfy { $0.key == [] })
    bridge.stop(timeoutSeconds: 5)
  }

  @Test func `user properties are counted only where they are written`() throws {
    let bridge = try bridge([mapping()])
    let many = (0..<200).flatMap { _ in property(0x26, "a", "b") }
    #expect(bridge.publish("p/7", properties: many) == .accepted(obligations: 0))
    bridge.stop(timeoutSeconds: 5)
    let other = try self.bridge([mapping(.standard)])
    let most = (0..<64).flatMap { _ in property(0x26, "a", "b") }
    #expect(other.publish("p/7", properties: most) == .accepted(obligations: 0))
    #expect(other.publish("p/7", properties: most + property(0x26, "a", "b")) == .refused)
    let records = try #require(try RawReader.read("t", count: 2, from: kafka))
    #expect(records.map(\.headers.count) == [0, 66])
    other.stop(timeoutSeconds: 5)
  }

  @Test func `a record says who wrote it only where it may be read back`() throws {
    try kafka.createTopic("c1-t", partitions: 1)
    let bridge = try bridge(
      [mapping(), ToKafkaMapping(name: "own", filter: "p/#", topic: "{client}-t", headerSet: .none)],
      from: [FromKafkaMapping(name: "back", topic: "^c1-.*", publish: "x/{key}")])
    _ = bridge.publish("p/7")
    #expect(try RawReader.read("t", count: 1, from: kafka)?[0].headers == [])
    #expect(try RawReader.read("c1-t", count: 1, from: kafka)?[0].headers == ["sluice.origin=me/c1-t"])
    bridge.stop(timeoutSeconds: 10)
  }

  @Test func `what comes from Kafka goes on with one hop more, and past the most not at all`() throws {
    let bridge = try bridge([mapping()])
    for hops in [0, 1, 7, 8] {
      let source = Publisher(kafkaTopic: "other", hops: hops)
      #expect(bridge.publish("p/7", [UInt8(hops)], by: source) == .accepted(obligations: 0))
    }
    let records = try #require(try RawReader.read("t", count: 3, from: kafka))
    #expect(records.map(\.headers) == [["sluice.hops=1"], ["sluice.hops=2"], ["sluice.hops=8"]])
    let counters = try #require(bridge.counters("m"))
    #expect(counters.hopsExceeded == 1 && counters.accepted == 3 && counters.looped == 0)
    #expect(log.text.contains { $0.contains("in a circle") && $0.contains("kafka_topic=t hops=8 topic=p/7") })
    bridge.stop(timeoutSeconds: 5)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `on every path each obligation is discharged once and the books balance`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    var limits = KafkaBridgeLimits()
    limits.queuedRecordsMax = 300
    let kafkaConfiguration = KafkaConfiguration(
      bootstrapServers: kafka.bootstrapServers,
      properties: [("reconnect.backoff.max.ms", "100"), ("message.max.bytes", "5000")])
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: kafkaConfiguration,
        toKafka: [
          ToKafkaMapping(name: "promise", filter: "#", topic: "t"),
          ToKafkaMapping(name: "receipt", filter: "a/#", topic: "t", acknowledge: .receipt),
          ToKafkaMapping(name: "bad", filter: "a/bad/{x}", topic: "{x}{user}"),
          ToKafkaMapping(name: "bad receipt", filter: "+/bad/{x}", topic: "{x}{user}", acknowledge: .receipt),
          ToKafkaMapping(name: "last", filter: "a/#", topic: "t", key: ""),
        ], origin: "me", limits: limits), log: log)
    try bridge.start(mailboxes: mailboxes)
    let stranger = Publisher(clientID: [1], userName: Array("x y".utf8))
    let source = Publisher(kafkaTopic: "t")
    var owed: [ObligationToken: Int] = [:]
    let topics = ["a/1", "b", "a/bad/t", "a/bad/t t", "b/bad/t"]
    for slot in 0..<1_500 {
      if slot % 500 == 250 { kafka.setReachable(false) }
      if slot % 500 == 499 { kafka.setReachable(true) }
      if Int.random(in: 0..<100, using: &random) == 0 {
        let code = [87, 45, 10].randomElement(using: &random) ?? 87
        kafka.failProduceRequests(with: [KafkaErrorCode(rawValue: Int32(code))])
      }
      let token =
        Int.random(in: 0..<4, using: &random) == 0
        ? .none : ObligationToken(shard: slot % 2, slot: slot, generation: 1)
      let size = Int.random(in: 0..<50, using: &random) == 0 ? 4_990 + Int.random(in: 0..<20, using: &random) : 10
      let outcome = bridge.publish(
        topics.randomElement(using: &random) ?? "b", Array(repeating: 1, count: size), qos: token == .none ? 0 : 1,
        by: [device, stranger, source].randomElement(using: &random) ?? device,
        expirySeconds: [nil, nil, 0, 1].randomElement(using: &random) ?? nil, token: token)
      if case .accepted(let obligations) = outcome, obligations > 0 { owed[token] = obligations }
    }
    kafka.setReachable(true)
    let total = owed.values.reduce(0, +)
    #expect(total > 100)
    #expect(mailboxes.wait { discharges, _ in discharges.count >= total })
    #expect(eventually { bridge.health.queuedRecords == 0 })
    bridge.stop(timeoutSeconds: 10)
    let discharged = Dictionary(grouping: mailboxes.discharges, by: \.token).mapValues(\.count)
    #expect(discharged == owed)
    for counters in bridge.snapshot() {
      #expect(counters.accepted > 0 && counters.open == 0, "\(counters)")
      #expect(counters.accepted == counters.delivered + counters.refused + counters.expired, "\(counters)")
    }
    #expect(bridge.balances() && bridge.health.queuedBytes == 0)
  }
}
