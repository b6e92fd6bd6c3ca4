import Foundation
import KafkaClient
import Testing

/// What becomes of records when a producer's client ends, or must be replaced, while they are under way.
@Suite(.serialized) struct ProducerRestartTests {
  private let kafka: EmbeddedKafka
  private let reports = Collector<DeliveryReport>()
  private let lines = Collector<String>()

  private static let outOfOrder = KafkaErrorCode(rawValue: 45)

  init() throws {
    kafka = try EmbeddedKafka()
    try kafka.createTopic("t", partitions: 4)
  }

  private func producer(_ properties: [(name: String, value: String)] = []) throws -> KafkaProducer {
    try KafkaProducer(
      configuration: KafkaConfiguration(
        bootstrapServers: kafka.bootstrapServers,
        properties: [("message.timeout.ms", "0"), ("reconnect.backoff.max.ms", "200")] + properties),
      log: { [lines] in lines.add([$0.text]) }, deliveries: { [reports] in reports.add($0) })
  }

  private func bytes(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(number)) { Array($0) } }

  /// The numbers of each key in the order of the topic, the first time that each comes.
  private func written(_ count: Int) throws -> [[UInt8]: [UInt32]]? {
    let handler = CollectingHandler()
    let consumer = try KafkaConsumer(
      configuration: KafkaConfiguration(
        bootstrapServers: kafka.bootstrapServers, properties: [("session.timeout.ms", "6000")]),
      membership: KafkaMembership(group: "\(UUID())"), topics: [try KafkaTopicPattern("t")], log: { _ in },
      handler: handler)
    try consumer.start()
    defer { consumer.close(timeoutSeconds: 10) }
    func identity(_ record: ReadRecord) -> [UInt8] { (record.key ?? []) + (record.value ?? []).prefix(4) }
    guard let records = handler.records.wait(until: { Set($0.map(identity)).count >= count }) else { return nil }
    var seen: Set<[UInt8]> = []
    var numbers: [[UInt8]: [UInt32]] = [:]
    for record in records where seen.insert(identity(record)).inserted {
      let number = (record.value ?? []).withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
      numbers[record.key ?? [], default: []].append(number)
    }
    return numbers
  }

  @Test func `when the client ends another one takes over, and what was under way is written in its order`() throws {
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    for number in 0..<3_000 {
      if number % 1_000 == 500 { kafka.failProduceRequests(with: [Self.outOfOrder]) }
      #expect(producer.send(topic, key: [UInt8(number % 5)], value: bytes(number), opaque: UInt64(number)) == .queued)
    }
    let told = try #require(reports.wait { $0.count == 3_000 })
    #expect(Set(told.map(\.code)) == [.success], "\(lines.items)")
    #expect(Set(told.map(\.opaque)).count == 3_000)
    #expect(lines.items.contains { $0.contains("is made anew") })
    #expect(producer.fatalError == nil)
    for (key, numbers) in try #require(try written(3_000)) {
      #expect(numbers == (0..<600).map { UInt32($0 * 5) + UInt32(key.first ?? 0) })
    }
    #expect(producer.close(timeoutSeconds: 5) == 0 && producer.queuedBytes == 0)
  }

  @Test func `threads that go on producing meanwhile lose nothing, and each keeps its order`() throws {
    let producer = try producer([("batch.num.messages", "50")])
    let topic = try producer.topic(named: "t")
    let threads = (0..<4).map { index in
      Thread {
        for number in 0..<2_000 {
          if number % 900 == 100 + index * 50 { kafka.failProduceRequests(with: [Self.outOfOrder]) }
          var result = ProduceResult.refused(.fatal)
          // Refused while one client after the other ended: a device would send again, too.
          while result != .queued {
            let headers = number % 2 == 0 ? [ReadHeader(name: [1], value: [2])] : []
            result = producer.send(
              topic, key: [UInt8(index)], value: bytes(number), headers: headers, opaque: UInt64(index << 32 | number))
            if result != .queued { usleep(1000) }
          }
        }
      }
    }
    for thread in threads { thread.start() }
    let told = try #require(reports.wait(seconds: 60) { $0.count == 8_000 })
    #expect(Set(told.map(\.opaque)).count == 8_000)
    let lost = Set(told.filter { $0.code != .success }.map(\.opaque))
    #expect(told.allSatisfy { $0.code == .success || $0.code == .fatal })
    for (key, numbers) in try #require(try written(8_000 - lost.count)) {
      #expect(numbers == numbers.sorted(), "of \(key)")
    }
    producer.close(timeoutSeconds: 5)
    #expect(producer.queuedRecords == 0 && producer.queuedBytes == 0)
  }

  @Test func `clients that end one after the other refuse for a while, and the producer heals all the same`() throws {
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    kafka.failProduceRequests(with: Array(repeating: Self.outOfOrder, count: 4))
    #expect(producer.send(topic, key: [1], value: [1, 0, 0, 0], opaque: 1) == .queued)
    #expect(
      reports.wait { $0.count == 1 } == [
        DeliveryReport(
          opaque: 1, code: .fatal, failure: DeliveryFailure(topic: "t", bytes: 5))
      ])
    #expect(producer.fatalError?.code == .fatal)
    #expect(producer.send(topic, key: [1], value: [2, 0, 0, 0], opaque: 2) == .refused(.fatal))
    // The next try is a second later.
    var result = ProduceResult.refused(.fatal)
    let deadline = Date(timeIntervalSinceNow: 20)
    while result != .queued, Date() < deadline {
      usleep(10_000)
      result = producer.send(topic, key: [1], value: [3, 0, 0, 0], opaque: 3)
    }
    #expect(reports.wait { $0.count == 2 }?.last == DeliveryReport(opaque: 3, code: .success))
    #expect(lines.items.contains { $0.contains("is tried again in 1 s") })
    producer.close(timeoutSeconds: 5)
  }

  @Test func `records of a batch that is too large are written again in smaller ones`() throws {
    let producer = try producer([("linger.ms", "50")])
    let topic = try producer.topic(named: "t")
    kafka.failProduceRequests(with: [.messageTooLarge])
    for number in 0..<100 {
      #expect(
        producer.send(topic, key: [1], value: bytes(number) + Array(repeating: 7, count: 500), opaque: UInt64(number))
          == .queued)
    }
    let told = try #require(reports.wait { $0.count == 100 })
    #expect(told.allSatisfy { $0.code == .success })
    #expect(try written(100)?[[1]] == (0..<100).map { UInt32($0) })
    #expect(lines.items.contains { $0.contains("at most 125000 bytes") && $0.contains("topic t") })
    producer.close(timeoutSeconds: 5)
  }

  @Test func `a record that was alone and is too large is refused with its size`() throws {
    let producer = try producer([("batch.size", "1000")])
    let topic = try producer.topic(named: "t")
    kafka.failProduceRequests(with: [.messageTooLarge])
    #expect(producer.send(topic, key: [1], value: Array(repeating: 7, count: 2_000), opaque: 1) == .queued)
    #expect(
      reports.wait { $0.count == 1 } == [
        DeliveryReport(opaque: 1, code: .messageTooLarge, failure: DeliveryFailure(topic: "t", bytes: 2_001))
      ])
    #expect(producer.send(topic, key: [1], value: [2], opaque: 2) == .queued)
    #expect(reports.wait { $0.count == 2 }?.last == DeliveryReport(opaque: 2, code: .success))
    producer.close(timeoutSeconds: 5)
  }

  @Test func `a record whose time is over is not written after an outage, and the others keep their order`() throws {
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    // Before, so that its partitions are known and the records wait there.
    #expect(producer.send(topic, key: [9], value: [9, 9, 9, 9], opaque: 99) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
    kafka.setReachable(false)
    for number in 0..<300 {
      let isShort = number % 3 == 1
      #expect(
        producer.send(
          topic, key: [UInt8(number % 2)], value: bytes(number), headers: [ReadHeader(name: [1], value: bytes(number))],
          opaque: UInt64(number), lifetimeSeconds: isShort ? 1 : number % 3 == 2 ? 3_600 : nil) == .queued)
    }
    // Reported while Kafka is away.
    let expired = try #require(reports.wait { $0.count == 101 })
    #expect(expired.dropFirst().allSatisfy { $0.code == .expired && $0.opaque % 3 == 1 })
    // Counted out after they were told of.
    let deadline = Date(timeIntervalSinceNow: 30)
    while producer.queuedRecords != 200, Date() < deadline { usleep(1000) }
    #expect(producer.queuedRecords == 200)
    kafka.setReachable(true)
    #expect(reports.wait { $0.count == 301 }?.dropFirst(101).allSatisfy { $0.code == .success } == true)
    let numbers = try #require(try written(201))
    for key in 0..<2 {
      #expect(numbers[[UInt8(key)]] == (0..<300).filter { $0 % 3 != 1 && $0 % 2 == key }.map { UInt32($0) })
    }
    #expect(producer.close(timeoutSeconds: 5) == 0 && producer.queuedBytes == 0)
  }

  @Test func `closing while clients end reports every record once`() throws {
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    kafka.failProduceRequests(with: Array(repeating: Self.outOfOrder, count: 3))
    for number in 0..<500 {
      #expect(producer.send(topic, key: [1], value: bytes(number), opaque: UInt64(number)) == .queued)
    }
    producer.close(timeoutSeconds: 0)
    #expect(reports.items.map(\.opaque).sorted() == (0..<500).map { UInt64($0) })
    #expect(producer.queuedRecords == 0 && producer.queuedBytes == 0)
  }
}
