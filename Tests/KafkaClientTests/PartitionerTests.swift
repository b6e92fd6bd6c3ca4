import KafkaClient
import Testing

/// Which partition a key goes to, beside what Apache Kafka's Java client computes
/// (org.apache.kafka.common.utils.Utils).
@Suite(.serialized) struct PartitionerTests {
  /// Utils.murmur2, from its definition.
  private static func murmur2(_ data: [UInt8]) -> Int32 {
    let m: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(data.count)
    for at in stride(from: 0, to: data.count & ~3, by: 4) {
      var k = UInt32(data[at]) | UInt32(data[at + 1]) << 8 | UInt32(data[at + 2]) << 16 | UInt32(data[at + 3]) << 24
      k = k &* m
      k = (k ^ k >> 24) &* m
      hash = hash &* m ^ k
    }
    let rest = data.suffix(data.count & 3)
    for (index, byte) in rest.enumerated().reversed() { hash ^= UInt32(byte) << UInt32(8 * index) }
    if !rest.isEmpty { hash = hash &* m }
    hash = (hash ^ hash >> 13) &* m
    return Int32(bitPattern: hash ^ hash >> 15)
  }

  @Test(
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ] as [(String, Int32)])
  func `the model is Kafka's own`(text: String, hash: Int32) {
    #expect(Self.murmur2(Array(text.utf8)) == hash)
  }

  @Test func `keys go to the partitions that Java clients choose, an empty key too`() throws {
    let partitions = 7
    let kafka = try EmbeddedKafka()
    try kafka.createTopic("t", partitions: partitions)
    let producer = try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in }, deliveries: { _ in })
    let topic = try producer.topic(named: "t")
    let keys: [[UInt8]] =
      [[], [0], [0xFF, 0xFE, 0x00], Array("ключ".utf8), Array("キー".utf8), Array("21".utf8)]
      + (1...60).map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) } }
    let header = [ReadHeader(name: [1], value: [1])]
    for (index, key) in keys.enumerated() {
      #expect(producer.send(topic, key: key, value: [1], headers: index % 2 == 0 ? [] : header) == .queued)
    }
    #expect(producer.send(topic, key: nil, value: [1]) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
    let handler = CollectingHandler()
    let reading = try KafkaConsumer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers),
      membership: KafkaMembership(group: "g"),
      topics: [try KafkaTopicPattern("t")], log: { _ in }, handler: handler)
    try reading.start()
    let records = try #require(handler.records.wait { $0.count == keys.count + 1 })
    for record in records {
      guard let key = record.key else { continue }
      let wanted = Int32(Int(Self.murmur2(key) & 0x7FFF_FFFF) % partitions)
      #expect(record.place.partition == wanted, "\(key)")
    }
    #expect(records.filter { $0.key == nil }.count == 1)
    reading.close(timeoutSeconds: 10)
  }
}
