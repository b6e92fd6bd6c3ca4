internal import KafkaClient

/// Judges from what a consumer tells whether it can read. A value without I/O; the time is given.
struct ReaderWatch {
  /// How long a broker that answered may be away before that is told: one that restarts, or gives its partitions to
  /// another one.
  static let patienceSeconds = 10.0
  /// The same for one that has never answered.
  static let firstPatienceSeconds = 4.0
  /// How long members of the group may take to share out its partitions anew.
  static let rebalanceSeconds = 30.0

  private let topic: KafkaTopicPattern
  private let group: String
  /// What Kafka refused of the topic and of the group, until statistics show that it doesn't any more. Each by itself:
  /// the client tells each of them once.
  private var topicRefusal: KafkaError?
  private var groupRefusal: KafkaError?
  /// The same of a commit, until one succeeds.
  private var commitRefusal: KafkaError?
  private var statistics: KafkaConsumerStatistics?
  private var wasCoordinated = false
  private var wasMember = false
  private var notCoordinatedSince: Double?
  private var notMemberSince: Double?
  /// Brokers that have answered.
  private var answered: Set<Int32> = []
  /// Brokers that don't answer, and since when.
  private var silentSince: [Int32: Double] = [:]
  private var leaderlessSince: Double?

  init(topic: KafkaTopicPattern, group: String) {
    self.topic = topic
    self.group = group
  }

  /// Partitions that are assigned.
  var partitionCount: Int { statistics?.partitions.count ?? 0 }

  /// Records that are in Kafka and not done, as far as the last answers tell.
  var lag: Int64 { statistics?.partitions.reduce(0) { $0 + $1.lag } ?? 0 }

  /// Something went wrong. True when it is, or will be, a matter of the state; false for what passes by itself.
  mutating func failed(_ error: KafkaError) -> Bool {
    switch error.code {
    // A pattern may match nothing yet.
    case .unknownTopic, .unknownTopicOrPartition: if !topic.isExpression { topicRefusal = error }
    case .topicAuthorization: topicRefusal = error
    case .groupAuthorization: groupRefusal = error
    default: return false
    }
    return true
  }

  /// Kafka answered a commit. True when that changes something.
  mutating func committed(_ error: KafkaError?) -> Bool {
    let before = commitRefusal
    commitRefusal = error.flatMap { $0.code.isAuthorizationRefusal ? $0 : nil }
    return commitRefusal != before
  }

  /// The client told how things are.
  mutating func observed(_ statistics: KafkaConsumerStatistics, atSeconds now: Double) {
    self.statistics = statistics
    wasCoordinated = wasCoordinated || statistics.isCoordinated
    notCoordinatedSince = statistics.isCoordinated ? nil : notCoordinatedSince ?? now
    wasMember = wasMember || statistics.isMember
    notMemberSince = statistics.isMember ? nil : notMemberSince ?? now
    // Without a topic there is nothing to join the group for: that the coordinator was found is all that can be seen.
    if statistics.isMember || (statistics.isIdle && topicRefusal != nil) { groupRefusal = nil }
    if statistics.isMember {
      // A refused answer has no offsets in it.
      let isAnswered = statistics.partitions.allSatisfy { $0.endOffset != nil }
      if isAnswered || topicRefusal?.code != .topicAuthorization { topicRefusal = nil }
    }
    note(statistics, now)
  }

  private mutating func note(_ statistics: KafkaConsumerStatistics, _ now: Double) {
    var silent: [Int32: Double] = [:]
    for broker in statistics.brokers where broker.id >= 0 {
      if ReaderWatch.answers(broker) {
        answered.insert(broker.id)
      } else {
        silent[broker.id] = silentSince[broker.id] ?? now
      }
    }
    silentSince = silent
    let isLed = statistics.partitions.allSatisfy { $0.leader >= 0 }
    leaderlessSince = isLed ? nil : leaderlessSince ?? now
  }

  /// A broker that is asked something answers within a second, since fetches wait for half of one at most; one that is
  /// slow takes longer, one that hangs for ever.
  private static func answers(_ broker: KafkaConsumerStatistics.Broker) -> Bool {
    broker.isUp && !(broker.isAsked && (broker.silentSeconds ?? 0) > patienceSeconds)
  }

  /// How it stands.
  func state(atSeconds now: Double) -> ReaderState {
    if let refusal = groupRefusal ?? commitRefusal { return .refused(words(of: refusal)) }
    // That a topic is missing says nothing of the brokers: any of them knows.
    guard let statistics else { return .connecting }
    if let since = notCoordinatedSince {
      let patience = wasCoordinated ? Self.patienceSeconds : Self.firstPatienceSeconds
      if now - since >= patience, let coordinator = statistics.coordinator {
        return .unreachable(
          "\(coordinator.address), the coordinator of the consumer group \(group), doesn't answer"
            + Self.why(coordinator))
      }
      if !wasCoordinated { return .connecting }
      if now - since >= Self.patienceSeconds {
        return .joining("no coordinator of the consumer group \(group) is known")
      }
    }
    if let topicRefusal { return .refused(words(of: topicRefusal)) }
    return judgeLeaders(statistics, now) ?? judgeMembership(statistics, now)
  }

  private func judgeLeaders(_ statistics: KafkaConsumerStatistics, _ now: Double) -> ReaderState? {
    var isConnecting = false
    for partition in statistics.partitions {
      guard partition.leader >= 0 else {
        if let since = leaderlessSince, now - since >= Self.patienceSeconds {
          return .refused("the partition \(partition.place) has no leader: is a broker down?")
        }
        continue
      }
      guard let since = silentSince[partition.leader] else { continue }
      let isKnown = answered.contains(partition.leader)
      if now - since >= (isKnown ? Self.patienceSeconds : Self.firstPatienceSeconds) {
        let broker = statistics.brokers.first { $0.id == partition.leader } ?? KafkaConsumerStatistics.Broker()
        return .unreachable(
          "\(broker.address) (broker \(partition.leader)), which leads \(partition.place), doesn't answer"
            + Self.why(broker))
      }
      if !isKnown { isConnecting = true }
    }
    return isConnecting ? .connecting : nil
  }

  private func judgeMembership(_ statistics: KafkaConsumerStatistics, _ now: Double) -> ReaderState {
    guard let since = notMemberSince else { return .reading }
    // No topic matches the pattern so far.
    if topic.isExpression, statistics.isIdle, statistics.partitions.isEmpty { return .reading }
    if !wasMember { return .joining("it has not joined its consumer group \(group) yet") }
    if now - since < Self.rebalanceSeconds { return .reading }
    return .joining(
      "the consumer group \(group) has been sharing out its partitions for \(Int(now - since)) s without an end")
  }

  private static func why(_ broker: KafkaConsumerStatistics.Broker) -> String {
    (broker.failure.map { ": \($0)" } ?? "") + "; Kafka itself gives this address (advertised.listeners)"
  }

  private func words(of error: KafkaError) -> String {
    switch error.code {
    case .groupAuthorization:
      "Kafka's rules don't let Sluice use the consumer group \(group): allow it to read (operation Read)"
    case .topicAuthorization:
      "Kafka's rules don't let Sluice read the topic \(topic.text): allow it to read (operation Read); "
        + "Kafka's client says: \(error.reason)"
    case .unknownTopic, .unknownTopicOrPartition: "there is no Kafka topic \(topic.text): create it"
    default: error.reason
    }
  }
}
