import KafkaClient
import Testing

@testable import KafkaBridge

struct ReaderWatchTests {
  private func watch(_ topic: String = "t") throws -> ReaderWatch {
    ReaderWatch(topic: try KafkaTopicPattern(topic), group: "g")
  }

  private func broker(_ id: Int32, isUp: Bool = true, asked silentSeconds: Double? = nil)
    -> KafkaConsumerStatistics.Broker
  {
    var broker = KafkaConsumerStatistics.Broker()
    broker.id = id
    broker.address = "k\(id):9092"
    broker.isUp = isUp
    broker.isAsked = silentSeconds != nil
    broker.silentSeconds = silentSeconds
    broker.failure = isUp ? nil : "Connection refused"
    return broker
  }

  /// A member of the group that has a partition of each of these brokers.
  private func reading(_ brokers: KafkaConsumerStatistics.Broker..., endOffset: Int64? = 9) -> KafkaConsumerStatistics {
    var statistics = KafkaConsumerStatistics()
    statistics.brokers = brokers
    statistics.coordinator = brokers.first
    statistics.isCoordinated = true
    statistics.isMember = true
    for (index, broker) in brokers.enumerated() {
      var partition = KafkaConsumerStatistics.Partition(KafkaTopicPartition(topic: "t", partition: Int32(index)))
      partition.leader = broker.id
      partition.endOffset = endOffset
      partition.lag = 4
      statistics.partitions.append(partition)
    }
    return statistics
  }

  @Test func `a member whose brokers answer reads`() throws {
    var watch = try watch()
    #expect(watch.state(atSeconds: 0) == .connecting)
    watch.observed(reading(broker(1), broker(2)), atSeconds: 1)
    #expect(watch.state(atSeconds: 1) == .reading)
    #expect(watch.partitionCount == 2 && watch.lag == 8)
  }

  @Test func `a coordinator that never answered is told soon, one that did is waited for`() throws {
    var watch = try watch()
    var none = KafkaConsumerStatistics()
    watch.observed(none, atSeconds: 1)
    #expect(watch.state(atSeconds: 4) == .connecting)
    none.coordinator = broker(7, isUp: false)
    watch.observed(none, atSeconds: 4)
    #expect(watch.state(atSeconds: 4) == .connecting)
    guard case .unreachable(let reason) = watch.state(atSeconds: 5) else { throw Failure() }
    #expect(reason.contains("k7:9092, the coordinator of the consumer group g, doesn't answer: Connection refused"))

    watch.observed(reading(broker(1)), atSeconds: 10)
    watch.observed(none, atSeconds: 20)
    #expect(watch.state(atSeconds: 29) == .reading)
    #expect(watch.state(atSeconds: 30) != .reading)
    watch.observed(reading(broker(1)), atSeconds: 31)
    #expect(watch.state(atSeconds: 31) == .reading)
  }

  @Test func `a leader that is needed is named when it doesn't answer, one that isn't doesn't matter`() throws {
    var watch = try watch()
    var statistics = reading(broker(1), broker(2, isUp: false))
    watch.observed(statistics, atSeconds: 0)
    #expect(watch.state(atSeconds: 3) == .connecting)
    guard case .unreachable(let reason) = watch.state(atSeconds: 4) else { throw Failure() }
    #expect(reason.contains("k2:9092 (broker 2), which leads t/1, doesn't answer: Connection refused"))
    statistics.partitions.removeLast()
    watch.observed(statistics, atSeconds: 5)
    #expect(watch.state(atSeconds: 99) == .reading)
  }

  @Test func `a broker that hangs doesn't answer, one that is slow or has nothing to answer does`() throws {
    var watch = try watch()
    watch.observed(reading(broker(1, asked: 9)), atSeconds: 0)
    watch.observed(reading(broker(1, asked: 9)), atSeconds: 60)
    #expect(watch.state(atSeconds: 60) == .reading)
    var idle = broker(1)
    idle.silentSeconds = 500
    watch.observed(reading(idle), atSeconds: 61)
    #expect(watch.state(atSeconds: 99) == .reading)
    watch.observed(reading(broker(1, asked: 11)), atSeconds: 100)
    #expect(watch.state(atSeconds: 109) == .reading)
    #expect(watch.state(atSeconds: 110) != .reading)
  }

  @Test(arguments: [KafkaErrorCode.topicAuthorization, .groupAuthorization, .unknownTopicOrPartition, .unknownTopic])
  func `what Kafka refuses is told until it is seen to be allowed`(code: KafkaErrorCode) throws {
    var watch = try watch()
    let isJudged = watch.failed(KafkaError(code: code, reason: "no"))
    #expect(isJudged)
    var statistics = reading(broker(1), endOffset: nil)
    statistics.isMember = code == .topicAuthorization
    watch.observed(statistics, atSeconds: 1)
    guard case .refused(let reason) = watch.state(atSeconds: 1) else { throw Failure() }
    #expect(reason.contains(code == .groupAuthorization ? "group g" : "topic t"))
    watch.observed(reading(broker(1)), atSeconds: 2)
    #expect(watch.state(atSeconds: 2) == .reading)
  }

  @Test func `a group that is denied is told although the topic is missing, and before its coordinator is known`()
    throws
  {
    var watch = try watch()
    _ = watch.failed(KafkaError(code: .groupAuthorization, reason: "no"))
    _ = watch.failed(KafkaError(code: .unknownTopicOrPartition, reason: "no"))
    watch.observed(KafkaConsumerStatistics(), atSeconds: 0)
    #expect(watch.state(atSeconds: 0).problem?.contains("group g") == true)
    var statistics = KafkaConsumerStatistics()
    statistics.isCoordinated = true
    statistics.isIdle = true
    watch.observed(statistics, atSeconds: 2)
    #expect(watch.state(atSeconds: 2).problem?.contains("topic t") == true)
  }

  @Test func `a missing topic says nothing of a coordinator that was never reached`() throws {
    var watch = try watch()
    _ = watch.failed(KafkaError(code: .unknownTopicOrPartition, reason: "no"))
    #expect(watch.state(atSeconds: 0) == .connecting)
    var statistics = KafkaConsumerStatistics()
    watch.observed(statistics, atSeconds: 0)
    #expect(watch.state(atSeconds: 99) == .connecting)
    statistics.coordinator = broker(7, isUp: false)
    watch.observed(statistics, atSeconds: 100)
    guard case .unreachable = watch.state(atSeconds: 100) else { throw Failure() }
  }

  @Test func `a commit that is refused for want of rights is told until one succeeds`() throws {
    var watch = try watch()
    watch.observed(reading(broker(1)), atSeconds: 0)
    var isChange = watch.committed(KafkaError(code: .groupAuthorization, reason: "no"))
    #expect(isChange)
    watch.observed(reading(broker(1)), atSeconds: 2)
    #expect(watch.state(atSeconds: 2).problem?.contains("group g") == true)
    isChange = watch.committed(nil)
    #expect(isChange && watch.state(atSeconds: 2) == .reading)
    isChange = watch.committed(KafkaError(code: .timedOut, reason: "slow"))
    #expect(!isChange && watch.state(atSeconds: 2) == .reading)
  }

  @Test func `a pattern that matches nothing yet is all right, a topic that isn't there is not`() throws {
    var statistics = KafkaConsumerStatistics()
    statistics.isCoordinated = true
    statistics.isIdle = true
    var pattern = try watch("^t.*")
    let isJudged = pattern.failed(KafkaError(code: .unknownTopicOrPartition, reason: "no match"))
    #expect(isJudged)
    pattern.observed(statistics, atSeconds: 0)
    #expect(pattern.state(atSeconds: 0) == .reading)
    var named = try watch()
    named.observed(statistics, atSeconds: 0)
    #expect(named.state(atSeconds: 0).problem?.contains("has not joined its consumer group g") == true)
    let isOther = named.failed(KafkaError(code: .transport, reason: "x"))
    #expect(!isOther)
  }

  @Test func `a rebalance is waited for, but not for ever, and a partition must have a leader`() throws {
    var watch = try watch()
    watch.observed(reading(broker(1)), atSeconds: 0)
    var statistics = reading(broker(1))
    statistics.isMember = false
    watch.observed(statistics, atSeconds: 10)
    #expect(watch.state(atSeconds: 39) == .reading)
    #expect(watch.state(atSeconds: 40).problem?.contains("for 30 s") == true)
    statistics = reading(broker(1))
    statistics.partitions[0].leader = -1
    watch.observed(statistics, atSeconds: 50)
    #expect(watch.state(atSeconds: 59) == .reading)
    #expect(watch.state(atSeconds: 60).problem?.contains("t/0 has no leader") == true)
  }

  private struct Failure: Error {}
}
