import Foundation
import Glibc
import KafkaClient
import Testing

/// Producer and consumer against the cluster in memory.
@Suite(.serialized) struct EmbeddedKafkaTests {
  let kafka: EmbeddedKafka
  let reports = Collector<DeliveryReport>()

  init() throws { kafka = try EmbeddedKafka() }

  private func producer(_ properties: [(name: String, value: String)] = []) throws -> KafkaProducer {
    try KafkaProducer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers, properties: properties),
      log: { _ in },
      deliveries: { [reports] in reports.add($0) })
  }

  private func consumer(_ topics: String..., group: String = "g", handler: CollectingHandler) throws -> KafkaConsumer {
    let made = try KafkaConsumer(
      // The embedded cluster forgets a member that left only when its session is over.
      configuration: KafkaConfiguration(
        bootstrapServers: kafka.bootstrapServers, properties: [("session.timeout.ms", "6000")]),
      membership: KafkaMembership(group: group),
      topics: topics.map { try KafkaTopicPattern($0) }, log: { _ in }, handler: handler)
    try made.start()
    return made
  }

  private func bindToLoopback(_ descriptor: Int32, _ port: UInt16) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  @Test func `while it can't be reached its port is kept for it`() throws {
    let text = try #require(kafka.bootstrapServers.split(separator: ":").last)
    kafka.setReachable(false)
    let other = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(other) }
    let result = bindToLoopback(other, try #require(UInt16(text)))
    #expect(result == -1 && errno == EADDRINUSE)
    kafka.setReachable(true)
    let producer = try producer()
    #expect(producer.send(try producer.topic(named: "t"), key: nil, value: [1], headers: [], opaque: 1) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
  }

  @Test func `it comes up again when a program that was given its listener has ended`() throws {
    let text = try #require(kafka.bootstrapServers.split(separator: ":").last)
    kafka.setReachable(false)
    let heir = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var isOn: Int32 = 1
    setsockopt(heir, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    try #require(bindToLoopback(heir, try #require(UInt16(text))) == 0 && listen(heir, 1) == 0)
    let ending = Thread {
      usleep(200_000)
      close(heir)
    }
    ending.start()
    kafka.setReachable(true)
    let producer = try producer()
    #expect(producer.send(try producer.topic(named: "t"), key: nil, value: [1], headers: [], opaque: 1) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
  }

  @Test func `records come out as they went in, with nulls, empties and bytes that are no text`() throws {
    try kafka.createTopic("t", partitions: 1)
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    let sent: [(key: [UInt8]?, value: [UInt8]?, headers: [ReadHeader])] = [
      ([1, 2], [3], []), (nil, [4], []), ([], [], []), ([0xFF, 0x00, 0xC0], nil, []),
      (
        [7], Array(repeating: 9, count: 70_000),
        [
          ReadHeader(name: [0xFF, 0xFE], value: [0, 1]), ReadHeader(name: Array("a".utf8), value: nil),
          ReadHeader(name: Array("a".utf8), value: []),
        ]
      ),
    ]
    for (index, record) in sent.enumerated() {
      #expect(
        producer.send(topic, key: record.key, value: record.value, headers: record.headers, opaque: UInt64(index) << 50)
          == .queued)
    }
    #expect(producer.flush(timeoutSeconds: 20))
    #expect(reports.items.map(\.opaque).sorted() == (0..<5).map { UInt64($0) << 50 })
    #expect(reports.items.allSatisfy { $0.code == .success })
    #expect(producer.queuedRecords == 0 && producer.queuedBytes == 0)

    let handler = CollectingHandler()
    let consumer = try consumer("t", handler: handler)
    let read = try #require(handler.records.wait { $0.count == 5 })
    for (got, want) in zip(read, sent) {
      #expect(got.key == want.key && got.value == want.value && got.headers == want.headers)
    }
    #expect(handler.assigned.items == [KafkaTopicPartition(topic: "t", partition: 0)])
    consumer.close(timeoutSeconds: 10)
    #expect(handler.held.items.last == [])
    #expect(producer.close(timeoutSeconds: 5) == 0)
  }

  @Test func `reading goes on at the stored offset and not after what was read`() throws {
    try kafka.createTopic("t", partitions: 1)
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    for index in 0..<10 { #expect(producer.send(topic, key: nil, value: [UInt8(index)]) == .queued) }
    #expect(producer.flush(timeoutSeconds: 20))
    let first = CollectingHandler()
    let reading = try consumer("t", handler: first)
    #expect(first.records.wait { $0.count == 10 } != nil)
    reading.store(KafkaTopicPartition(topic: "t", partition: 0), offset: 6)
    reading.close(timeoutSeconds: 10)
    let second = CollectingHandler()
    let again = try consumer("t", handler: second)
    #expect(second.records.wait { $0.count == 4 }?.first?.offset == 6)
    again.close(timeoutSeconds: 10)
  }

  @Test func `a paused partition stays silent until it is resumed, and a seek reads again`() throws {
    try kafka.createTopic("t", partitions: 1)
    let producer = try producer()
    let topic = try producer.topic(named: "t")
    let place = KafkaTopicPartition(topic: "t", partition: 0)
    #expect(producer.send(topic, key: nil, value: [0]) == .queued)
    let handler = CollectingHandler()
    let reading = try consumer("t", handler: handler)
    #expect(handler.records.wait { $0.count == 1 } != nil)
    reading.pause(place)
    reading.seek(place, offset: 0)
    #expect(producer.send(topic, key: nil, value: [1]) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
    // Another partition's worth of time: nothing may come while it is paused.
    #expect(handler.records.wait(seconds: 0.5) { $0.count > 1 } == nil)
    reading.resume(place)
    #expect(handler.records.wait { $0.count >= 3 }?.map(\.offset) == [0, 0, 1])
    reading.close(timeoutSeconds: 10)
  }

  @Test func `a pattern reads every topic that it names`() throws {
    for name in ["dev-a", "dev-b", "other"] { try kafka.createTopic(name, partitions: 1) }
    let producer = try producer()
    for name in ["dev-a", "dev-b", "other"] {
      #expect(producer.send(try producer.topic(named: name), key: nil, value: Array(name.utf8)) == .queued)
    }
    #expect(producer.flush(timeoutSeconds: 20))
    let handler = CollectingHandler()
    let reading = try consumer("^dev-.*", handler: handler)
    #expect(Set(handler.records.wait { $0.count == 2 }?.map(\.place.topic) ?? []) == ["dev-a", "dev-b"])
    reading.close(timeoutSeconds: 10)
  }

  @Test func `with Kafka away nothing blocks, and closing reports every record exactly once`() throws {
    try kafka.createTopic("t", partitions: 1)
    kafka.setReachable(false)
    let producer = try producer([("message.timeout.ms", "0"), ("queue.buffering.max.messages", "100")])
    let topic = try producer.topic(named: "t")
    var queued = 0
    while producer.send(topic, key: nil, value: [1], opaque: UInt64(queued)) == .queued { queued += 1 }
    #expect(queued == 100)
    #expect(producer.send(topic, key: nil, value: [1]) == .queueFull)
    #expect(producer.queuedRecords == 100 && producer.queuedBytes == 100)
    #expect(producer.close(timeoutSeconds: 0.1) == 100)
    #expect(reports.items.map(\.opaque).sorted() == (0..<100).map { UInt64($0) })
    #expect(reports.items.allSatisfy { $0.code == .purgedInQueue })
    #expect(producer.send(topic, key: nil, value: [1]) == .refused(.closed))
  }

  @Test func `headers count among the bytes that wait, and are given back when they don't`() throws {
    try kafka.createTopic("t", partitions: 1)
    kafka.setReachable(false)
    let producer = try producer([("message.timeout.ms", "0"), ("reconnect.backoff.max.ms", "200")])
    let topic = try producer.topic(named: "t")
    let headers = [
      ReadHeader(name: Array("name".utf8), value: Array(repeating: 7, count: 500)), ReadHeader(name: [1], value: nil),
      ReadHeader(name: [], value: []), ReadHeader(name: [0x61, 0, 0x62], value: [1]),
    ]
    #expect(producer.send(topic, key: [1], value: [2, 3], headers: headers) == .queued)
    // The fourth name ends at its NUL.
    #expect(producer.queuedBytes == 3 + 4 * KafkaHeaders.overheadBytes + 4 + 500 + 1 + 1 + 1)
    let huge = [ReadHeader(name: [1], value: Array(repeating: 0, count: 2_000_000))]
    #expect(producer.send(topic, key: nil, value: nil, headers: huge) == .refused(.messageTooLarge))
    #expect(producer.queuedRecords == 1 && producer.queuedBytes < 1_000)
    kafka.setReachable(true)
    #expect(producer.flush(timeoutSeconds: 20))
    #expect(producer.queuedRecords == 0 && producer.queuedBytes == 0)
  }

  @Test func `what waited through an outage arrives, in order and once`() throws {
    try kafka.createTopic("t", partitions: 1)
    kafka.setReachable(false)
    let producer = try producer([("message.timeout.ms", "0"), ("reconnect.backoff.max.ms", "200")])
    let topic = try producer.topic(named: "t")
    for index in 0..<50 { #expect(producer.send(topic, key: nil, value: [UInt8(index)]) == .queued) }
    kafka.setReachable(true)
    #expect(reports.wait { $0.count == 50 }?.allSatisfy { $0.code == .success } == true)
    let handler = CollectingHandler()
    let reading = try consumer("t", handler: handler)
    #expect(handler.records.wait { $0.count == 50 }?.map { $0.value?.first } == (0..<50).map { UInt8($0) })
    reading.close(timeoutSeconds: 10)
  }

  @Test func `a record that is too large is refused with its reason`() throws {
    let producer = try producer([("message.max.bytes", "2000")])
    #expect(producer.messageBytesMax == 2000)
    let topic = try producer.topic(named: "t")
    let header = ReadHeader(name: [1], value: [1])
    #expect(producer.send(topic, key: nil, value: Array(repeating: 0, count: 3000)) == .refused(.messageTooLarge))
    #expect(
      producer.send(topic, key: nil, value: Array(repeating: 0, count: 3000), headers: [header])
        == .refused(.messageTooLarge))
    #expect(producer.queuedRecords == 0)
  }

  @Test func `the threads that send don't preempt those that produce`() throws {
    let producer = try producer()
    #expect(producer.send(try producer.topic(named: "t"), key: nil, value: [1]) == .queued)
    #expect(producer.flush(timeoutSeconds: 20))
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    let policies = tasks.compactMap { task -> Int32? in
      // A thread of another test may be gone.
      guard let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8),
        name.hasPrefix("rdk:broker"), let id = Int32(task)
      else { return nil }
      return sched_getscheduler(id)
    }
    #expect(policies.contains(3), "SCHED_BATCH; \(policies)")
  }

  @Test func `a report of one's own comes through the delivery thread`() throws {
    let producer = try producer()
    producer.report(DeliveryReport(opaque: 5, code: .queueFull))
    #expect(reports.wait { !$0.isEmpty } == [DeliveryReport(opaque: 5, code: .queueFull)])
  }

  @Test func `a cluster answers a probe and tells a topic's partitions`() throws {
    try kafka.createTopic("t", partitions: 3)
    let admin = try KafkaAdmin(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers), log: { _ in })
    #expect(admin.probe(timeoutSeconds: 10) == nil)
    #expect(try admin.partitionCount(of: "t", timeoutSeconds: 10) == 3)
    #expect(throws: KafkaError.self) { try kafka.createTopic("no/topic", partitions: 1) }
  }

  @Test func `a monitor tells when Kafka goes and comes back`() throws {
    let producer = try producer([("reconnect.backoff.max.ms", "100")])
    kafka.setReachable(false)
    let told = Collector<KafkaOutlook>()
    let monitor = try KafkaMonitor(producer: { producer }, pauseSeconds: 1) { told.add([$0]) }
    #expect(told.wait { $0.last?.isReachable == false } != nil)
    #expect(told.items.last?.reason?.contains("no Kafka broker answered") == true)
    kafka.setReachable(true)
    #expect(told.wait { $0.last?.isReachable == true } != nil)
    // With a topic in use its leader is asked, too.
    _ = try producer.topic(named: "t")
    let before = told.items.count
    #expect(told.wait { $0.count > before + 1 } != nil)
    kafka.setReachable(false)
    #expect(
      told.wait { $0.last?.silentLeaders.first?.contains("which leads t/0, doesn't answer: Connect") == true } != nil)
    #expect(told.items.last?.silentLeaders.first?.hasPrefix(kafka.bootstrapServers) == true)
    kafka.setReachable(true)
    #expect(told.wait { $0.last?.isReachable == true } != nil)
    monitor.stop()
  }
}
