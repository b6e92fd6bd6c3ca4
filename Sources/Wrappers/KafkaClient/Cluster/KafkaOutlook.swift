/// What is known of a cluster from a producer's side: whether what is needed there answers.
public struct KafkaOutlook: Sendable, Equatable {
  /// A topic that is needed and can't be written to.
  public struct TopicProblem: Sendable, Hashable {
    /// The topic.
    public let topic: String
    /// What is wrong with it, in words.
    public let reason: String
  }

  /// Why no broker answers, or why the producer can't go on (``KafkaErrorCode/fatal``); nil otherwise.
  public var error: KafkaError?
  /// Leaders of partitions in use that don't answer, in words: where each is, what it leads, and why, if that is known.
  public var silentLeaders: [String] = []
  /// Whether that says something of the brokers that are needed: false while topics are needed and no leader of any is
  /// known, since brokers at the addresses to begin with tell that, too.
  public var isProven = true
  /// What is wrong with topics that are needed although Kafka answers.
  public var topicProblems: [TopicProblem] = []

  /// Whether a broker answers, and the leaders of all partitions in use do.
  public var isReachable: Bool { error == nil && silentLeaders.isEmpty }

  /// Why Kafka can't be reached, in words; nil when it can be.
  public var reason: String? {
    silentLeaders.isEmpty ? error?.reason : silentLeaders.joined(separator: "; ")
  }
}
