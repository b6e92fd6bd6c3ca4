import BrokerCore
import KafkaClient
import Testing

@testable import KafkaBridge

/// What a record becomes in MQTT, as docs/mappings.md says it.
@Suite(.serialized) struct RecordsFromKafkaTests {
  private typealias Header = (name: String, value: [UInt8]?)

  /// The message that a mapping makes of one record, and what it counted.
  private func message(
    key: [UInt8]? = [0x6B], value: [UInt8]? = [1], headers: [Header] = [], publish: String = "x/{key}",
    isRetain: Bool = false, log: MemoryLog = MemoryLog(), counters: ((MappingCounters) -> Void)? = nil
  ) throws -> Message? {
    let kafka = try EmbeddedKafka()
    try kafka.createTopic("t", partitions: 1)
    let producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in }, deliveries: { _ in })
    let topic = try producer.topic(named: "t")
    with(key) { key in
      with(value) { value in
        var list = KafkaHeaders(capacity: headers.count)
        for header in headers {
          Array(header.name.utf8).withUnsafeBytes { name in with(header.value) { list.add(name: name, value: $0) } }
        }
        #expect(producer.produce(topic: topic, key: key, value: value, headers: list, opaque: 0) == .queued)
      }
    }
    #expect(producer.close(timeoutSeconds: 20) == 0)
    let mailboxes = FakeMailboxes()
    let bridge = try KafkaBridge(
      configuration: KafkaBridgeConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers),
        fromKafka: [FromKafkaMapping(name: "m", topic: "t", publish: publish, isRetain: isRetain)], origin: "me"),
      log: log)
    try bridge.start(mailboxes: mailboxes)
    #expect(eventually { bridge.counters("m", .fromKafka).map { $0.delivered + $0.refused + $0.looped > 0 } ?? false })
    bridge.stop(timeoutSeconds: 10)
    if let counted = bridge.counters("m", .fromKafka) { counters?(counted) }
    return mailboxes.records.first?.message
  }

  private func with(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
    guard let bytes else { return body(nil) }
    bytes.withUnsafeBytes { body($0) }
  }

  private func property(_ identifier: UInt8, _ parts: [UInt8]...) -> [UInt8] {
    [identifier] + parts.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
  }

  @Test func `headers become properties, and Sluice's own say nothing of the publisher`() throws {
    let text = Array("text/plain".utf8)
    let message = try #require(
      try message(headers: [
        ("mqtt.topic", [1]), ("mqtt.client", [0x61]), ("mqtt.user", [0x61]), ("mqtt.qos", [0x32]),
        ("mqtt.retain", [0x31]), ("mqtt.unknown", [0x61]), ("sluice.origin", Array("other".utf8)),
        ("mqtt.payload-format", [0x31]), ("mqtt.content-type", text), ("mqtt.response-topic", [0x72]),
        ("mqtt.correlation-data", [0, 0xFF]), ("a", [0x62]), ("mqtt.user-property.mqtt.topic", [0x63]), ("a", [0x64]),
      ]))
    let wanted =
      [1, 1] + property(3, text) + property(8, [0x72]) + property(9, [0, 0xFF]) + property(0x26, [0x61], [0x62])
      + property(0x26, Array("mqtt.topic".utf8), [0x63]) + property(0x26, [0x61], [0x64])
    #expect(Array(message.properties) == wanted)
    #expect(!message.isRetain && level(of: message.qos) == 1)
  }

  @Test func `what can't be a property is left out, and the message comes all the same`() throws {
    let long = [UInt8](repeating: 0x61, count: 65_536)
    let message = try #require(
      try message(headers: [
        ("mqtt.payload-format", [0x32]), ("mqtt.payload-format", nil), ("mqtt.content-type", [0xFF]),
        ("mqtt.content-type", long), ("mqtt.response-topic", [0x61, 0x2B]), ("mqtt.response-topic", [0x23]),
        ("mqtt.response-topic", []), ("mqtt.correlation-data", long), ("null", nil), ("bytes", [0xC3, 0x28]),
        ("control", [0x0A]), ("long", long), ("good", [0x62]),
      ]))
    #expect(Array(message.properties) == property(0x26, Array("good".utf8), [0x62]))
  }

  @Test func `a property that a PUBLISH has once comes once, as the last header says`() throws {
    let log = MemoryLog()
    var counted = MappingCounters(name: "", direction: .fromKafka)
    let message = try #require(
      try message(
        headers: [
          ("mqtt.content-type", [0x61]), ("mqtt.response-topic", [0x61]), ("mqtt.correlation-data", [1]),
          ("mqtt.payload-format", [0x31]), ("mqtt.content-type", [0x62]), ("mqtt.response-topic", [0x62]),
          ("mqtt.correlation-data", [2]), ("mqtt.payload-format", [0x31]), ("a", [0x31]), ("a", [0x32]),
        ], log: log
      ) { counted = $0 })
    let users = property(0x26, [0x61], [0x31]) + property(0x26, [0x61], [0x32])
    #expect(Array(message.properties) == [1, 1] + property(3, [0x62]) + property(8, [0x62]) + property(9, [2]) + users)
    #expect(counted.headersLeftOut == 4 && counted.delivered == 1)
    #expect(log.text.contains { $0.contains("header=mqtt.content-type") && $0.contains("record=t/0 offset 0") })
  }

  @Test func `a last header that can't be carried doesn't bring back what it replaced`() throws {
    let message = try #require(
      try message(headers: [
        ("mqtt.content-type", [0x61]), ("mqtt.content-type", [0xFF]), ("mqtt.response-topic", [0x61]),
        ("mqtt.response-topic", [0x2B]), ("mqtt.correlation-data", [1]), ("mqtt.correlation-data", nil),
        ("mqtt.payload-format", [0x31]), ("mqtt.payload-format", [0x30]),
      ]))
    #expect(Array(message.properties) == [])
  }

  @Test(
    arguments: [
      ([0x31], [0xFF], 1), ([0x31], [0x61, 0], 0), ([0x30], [0xFF], 0), ([0x32], [0x61], 1), ([], [0x61], 1),
    ]
      as [([UInt8], [UInt8], UInt64)])
  func `a payload is called text only where it is`(format: [UInt8], value: [UInt8], leftOut: UInt64) throws {
    var counted = MappingCounters(name: "", direction: .fromKafka)
    let message = try #require(
      try message(value: value, headers: [("mqtt.payload-format", format)]) { counted = $0 })
    #expect(Array(message.properties) == (format == [0x31] && leftOut == 0 ? [1, 1] : []))
    #expect(counted.headersLeftOut == leftOut)
  }

  @Test func `a topic with more levels than the broker takes is skipped, and the log says how many`() throws {
    let log = MemoryLog()
    var counted = MappingCounters(name: "", direction: .fromKafka)
    let key = Array(repeating: UInt8(ascii: "/"), count: 31)
    #expect(try message(key: key, publish: "x{key...}") != nil)
    #expect(try message(key: key + key, publish: "x{key...}", log: log) { counted = $0 } == nil)
    #expect(counted.refused == 1 && counted.delivered == 0)
    #expect(
      log.text.contains { $0.contains("63 levels; limits.topic_levels_max allows 32") && $0.contains("topic=x//") })
  }

  @Test func `a header that the topic wants and the record lacks is named in the log`() throws {
    let log = MemoryLog()
    #expect(try message(headers: [("area", [0x61])], publish: "{header:area}/{header:plant}", log: log) == nil)
    #expect(log.text.contains { $0.contains("the header plant") && $0.contains("record=t/0 offset 0") })
  }

  @Test func `at most 64 headers become user properties`() throws {
    let headers = (0..<100).map { Header(name: "h\($0)", value: [0x61]) }
    var counted = MappingCounters(name: "", direction: .fromKafka)
    let message = try #require(try message(headers: headers) { counted = $0 })
    #expect(counted.headersLeftOut == 36)
    #expect(Array(message.properties) == (0..<64).flatMap { property(0x26, Array("h\($0)".utf8), [0x61]) })
  }

  @Test func `of several headers of a name the last one counts in a topic, also when it is null`() throws {
    let two: [Header] = [("plant", [0x37]), ("plant", [0x38])]
    #expect(try message(headers: two, publish: "p/{header:plant}")?.topic.elementsEqual("p/8".utf8) == true)
    #expect(try message(headers: two + [("plant", nil)], publish: "p/{header:plant}") == nil)
  }

  @Test func `a value with slashes is taken where the template says so`() throws {
    let key = Array("a/b".utf8)
    #expect(try message(key: key) == nil)
    #expect(
      try message(key: key, publish: "{key...}/{topic}/{partition}/{offset}")?.topic.elementsEqual("a/b/t/0/0".utf8)
        == true)
    #expect(try message(headers: [("h", key)], publish: "{header:h...}")?.topic.elementsEqual(key) == true)
  }

  @Test func `a tombstone is an empty message, which removes a retained one`() throws {
    let message = try #require(try message(value: nil, isRetain: true))
    #expect(message.payload.isEmpty && message.isRetain)
  }

  @Test func `a record that the reader wrote to this topic is left out, whatever else is read`() throws {
    let log = MemoryLog()
    var counted = MappingCounters(name: "", direction: .fromKafka)
    #expect(try message(headers: [("sluice.origin", Array("me/t".utf8))], log: log) { counted = $0 } == nil)
    #expect(counted.looped == 1 && counted.accepted == 0)
    #expect(log.text.contains { $0.contains("the loop guard left out a record") && $0.contains("record=t/0 offset 0") })
    // Of another broker, copied from another topic, or of no meaning at all.
    for origin in ["you/t", "me/u", "me", "me/t2", ""] {
      #expect(try message(headers: [("sluice.origin", Array(origin.utf8))]) != nil, "\(origin)")
    }
    #expect(try message(headers: [("sluice.origin", nil)]) != nil)
  }

  @Test(
    arguments: [
      ([], 0), (["3"], 3), (["2", "5", "1"], 5), (["x"], 0), ([""], 0), (["-1"], 0), (["99999999999999999999"], 8),
    ] as [([String], Int)])
  func `a message knows how often it has been a record`(values: [String], hops: Int) throws {
    let message = try #require(try message(headers: values.map { ("sluice.hops", Array($0.utf8)) }))
    #expect(message.publisher.hops == hops && message.properties.isEmpty)
  }
}
