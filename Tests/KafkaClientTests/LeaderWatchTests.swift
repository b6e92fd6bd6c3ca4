import Testing

@testable import KafkaClient

struct LeaderWatchTests {
  private func view(_ topics: [(String, KafkaErrorCode, [Int32])]) -> KafkaClusterView {
    KafkaClusterView(
      addresses: [1: "k1:9092", 2: "k2:9092", 3: "k3:9092"],
      topics: topics.map { KafkaClusterView.Topic(name: $0.0, error: $0.1, leaders: $0.2) })
  }

  @Test func `each broker that leads something is asked, those that were silent last, and others don't count`() {
    var watch = LeaderWatch(topics: ["t"])
    #expect(watch.questions.isEmpty && watch.outlook.isReachable && !watch.outlook.isProven)
    #expect(LeaderWatch(topics: []).outlook.isProven)
    watch.learned(view([("t", .unknownTopicOrPartition, [])]))
    #expect(!watch.outlook.isProven, "any broker says so")
    watch.learned(view([("t", .success, [2, 1, 2]), ("u", .success, [1])]))
    #expect(watch.questions.map(\.broker) == [1, 2] && watch.outlook.isProven)
    #expect(watch.questions.map { "\($0.place)" } == ["t/1", "t/0"])
    watch.stayedSilent(1, reason: "refused")
    watch.answered(2)
    #expect(watch.questions.map(\.broker) == [2, 1])
    #expect(!watch.outlook.isReachable)
    #expect(watch.outlook.reason?.hasPrefix("k1:9092 (broker 1), which leads t/1, doesn't answer: refused;") == true)
    // Another broker leads it now.
    watch.learned(view([("t", .success, [2, 3, 2])]))
    #expect(watch.outlook.isReachable)
  }

  @Test func `that no broker says who leads is of interest only when no leader answers`() {
    var watch = LeaderWatch(topics: ["t"])
    let error = KafkaError(code: .timedOut, reason: "no Kafka broker answered")
    watch.learnedNothing(error)
    #expect(watch.outlook.error == error && watch.outlook.reason == error.reason)
    watch.learned(view([("t", .success, [1, 2])]))
    watch.learnedNothing(error)
    watch.answered(1)
    #expect(watch.outlook.isReachable)
    watch.stayedSilent(1, reason: nil)
    #expect(watch.outlook.error == nil && !watch.outlook.isReachable)
    watch.stayedSilent(2, reason: nil)
    #expect(watch.outlook.error == error)
  }

  @Test func `a topic that is needed must be there with a leader for each partition, others need not`() {
    var watch = LeaderWatch(topics: ["gone", "denied", "half", "good"])
    watch.learned(
      view([
        ("gone", .unknownTopicOrPartition, []), ("denied", .topicAuthorization, []), ("half", .success, [1, -1, -1]),
        ("good", .success, [1]), ("made-up", .unknownTopicOrPartition, []), ("other", .success, [-1]),
      ]))
    #expect(watch.outlook.isReachable)
    #expect(watch.outlook.topicProblems.map(\.topic) == ["gone", "denied", "half"])
    #expect(watch.outlook.topicProblems.last?.reason.hasPrefix("its partition 1 and 1 more has no leader") == true)
  }

  @Test(arguments: [
    ("[thrd:k:9092/1]: k:9092/1: Connect to ipv4#1.2.3.4:9092 failed: Connection refused", "k:9092"),
    ("[thrd:sasl_ssl://k:9092/bootstrap]: sasl_ssl://k:9092/bootstrap: SSL handshake failed", "k:9092"),
    ("[thrd:GroupCoordinator]: GroupCoordinator: Connect failed", "GroupCoordinator"),
  ])
  func `why a connection failed is kept by the broker's address`(line: String, address: String) {
    let failures = BrokerFailures()
    failures.take(line)
    #expect(failures.reason(for: address) == line.split(separator: ": ", maxSplits: 2).last.map(String.init))
    failures.forget(address)
    #expect(failures.reason(for: address) == nil)
  }

  @Test(arguments: [
    "", "[thrd:", "[thrd:x]: ", "nothing", "[thrd:k:1/1]: k:1/1: Disconnected (after 600000ms in state UP)",
  ])
  func `other lines are no failures`(line: String) {
    let failures = BrokerFailures()
    failures.take(line)
    #expect(failures.reason(for: "k:1") == nil && failures.reason(for: "") == nil)
  }
}
