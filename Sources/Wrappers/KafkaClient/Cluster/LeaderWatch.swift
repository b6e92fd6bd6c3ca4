/// Who has to answer for a producer's topics, and who does: a value without I/O, which says whom to ask.
struct LeaderWatch {
  /// Most brokers that don't answer, and most topics, that are told in words; more help nobody.
  private static let toldMax = 5

  /// The topics that must be there; of others, whose names are made when a message comes, only the leaders count.
  private let topics: Set<String>
  private var view = KafkaClusterView()
  /// Why no broker answered when last asked.
  private var error: KafkaError?
  /// Brokers that did not answer when last asked, with the reason if it is known.
  private var silent: [Int32: String?] = [:]

  init(topics: Set<String>) { self.topics = topics }

  /// A partition for each broker that leads one. They are asked in this order: those that were silent come last, so
  /// that waiting for them doesn't keep the others' answers back.
  var questions: [(broker: Int32, place: KafkaTopicPartition)] {
    let led = led
    return led.keys.sorted { (silent[$0] != nil ? 1 : 0, $0) < (silent[$1] != nil ? 1 : 0, $1) }
      .compactMap { broker in led[broker].map { (broker, $0) } }
  }

  /// Where a broker is.
  func address(of broker: Int32) -> String { view.addresses[broker] ?? "an unknown address" }

  /// A broker answered with this.
  mutating func learned(_ view: KafkaClusterView) {
    self.view = view
    error = nil
    let led = led
    silent = silent.filter { led[$0.key] != nil }
  }

  /// No broker answered. What was known before stays: where leaders answer, others may be away.
  mutating func learnedNothing(_ error: KafkaError) { self.error = error }

  /// A leader answered.
  mutating func answered(_ broker: Int32) { silent[broker] = nil }

  /// A leader did not.
  mutating func stayedSilent(_ broker: Int32, reason: String?) { silent[broker] = .some(reason) }

  /// The sum of it.
  var outlook: KafkaOutlook {
    var outlook = KafkaOutlook()
    let led = led
    // With leaders that answer it is of no interest that another broker did not say who leads.
    if let error, led.isEmpty || silent.count == led.count { outlook.error = error }
    outlook.silentLeaders = silent.keys.sorted().prefix(Self.toldMax).compactMap { broker in
      guard let place = led[broker] else { return nil }
      let why = silent[broker].flatMap { $0 }.map { ": \($0)" } ?? ""
      return "\(address(of: broker)) (broker \(broker)), which leads \(place), doesn't answer\(why); "
        + "Kafka itself gives this address (advertised.listeners)"
    }
    outlook.isProven = topics.isEmpty || !led.isEmpty
    outlook.topicProblems = view.topics.filter { topics.contains($0.name) }.compactMap(Self.problem)
    return outlook
  }

  /// The first partition that each broker leads.
  private var led: [Int32: KafkaTopicPartition] {
    var led: [Int32: KafkaTopicPartition] = [:]
    for topic in view.topics where topic.error == .success {
      for (partition, leader) in topic.leaders.enumerated() where leader >= 0 && led[leader] == nil {
        led[leader] = KafkaTopicPartition(topic: topic.name, partition: Int32(clamping: partition))
      }
    }
    return led
  }

  private static func problem(_ topic: KafkaClusterView.Topic) -> KafkaOutlook.TopicProblem? {
    let reason: String
    switch topic.error {
    case .success:
      let leaderless = topic.leaders.indices.filter { topic.leaders[$0] < 0 }
      guard let first = leaderless.first else { return nil }
      let more = leaderless.count > 1 ? " and \(leaderless.count - 1) more" : ""
      reason = "its partition \(first)\(more) has no leader: is a broker down?"
    case .unknownTopicOrPartition, .unknownTopic: reason = "there is no such topic: create it"
    case .topicAuthorization: reason = "Kafka's rules don't let Sluice see it: allow it to write there"
    default: reason = "\(topic.error)"
    }
    return KafkaOutlook.TopicProblem(topic: topic.name, reason: reason)
  }
}
