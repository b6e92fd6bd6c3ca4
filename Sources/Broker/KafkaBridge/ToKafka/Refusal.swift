internal import KafkaClient

/// Why a publish was not taken, or a record not delivered.
enum Refusal: Sendable, Hashable {
  case noRoom
  case illegalTopic
  case tooManyTopics
  case tooManyNewTopics
  case tooLarge
  case tooManyUserProperties
  case stopped
  case kafka(KafkaErrorCode)

  init(_ code: KafkaErrorCode) {
    self =
      switch code {
      case .queueFull: .noRoom
      case .messageTooLarge: .tooLarge
      case .closed, .purgedInQueue, .purgedInFlight: .stopped
      default: .kafka(code)
      }
  }

  /// Whether it may go another time: the publisher is told of a quota, not of a fault.
  var isForNow: Bool {
    switch self {
    case .noRoom, .tooManyTopics, .tooManyNewTopics, .stopped, .kafka(.messageTimedOut), .kafka(.fatal): true
    // They say something of the topic or of the Kafka client as they were, not of the message.
    case .kafka(.unknownPartition), .kafka(.topicGone), .kafka(.outOfOrderSequence), .kafka(.unknownProducerID),
      .kafka(.invalidProducerEpoch):
      true
    case .illegalTopic, .tooLarge, .tooManyUserProperties, .kafka: false
    }
  }

  var explanation: String {
    switch self {
    case .noRoom: "too much waits for Kafka already"
    case .illegalTopic: "the topic template made a name that Kafka doesn't allow (1 to 249 of a-z A-Z 0-9 . _ -)"
    case .tooManyTopics: "the topic templates have made \(KafkaProducer.topicsMax) Kafka topics, the most that are kept"
    case .tooManyNewTopics:
      "the client has named \(Int(NewTopicBudget.namesMax)) new Kafka topics (one that Kafka lacks counts as ten): it "
        + "may name \(Int(NewTopicBudget.namesPerSecond)) more each second"
    case .tooLarge:
      "the record is larger than message.max.bytes, or than its Kafka topic's max.message.bytes: raise it, or send less"
    case .tooManyUserProperties: "the publish has more user properties than are carried over"
    case .stopped: "the bridge is stopping"
    case .kafka(.fatal): "the Kafka client can't go on, and is made anew: send it again"
    case .kafka(let code) where code == .unknownTopic || code == .unknownTopicOrPartition:
      "\(code): create the Kafka topic"
    case .kafka(.topicAuthorization): "\(KafkaErrorCode.topicAuthorization): allow Sluice to write to the Kafka topic"
    case .kafka(let code): "\(code)"
    }
  }
}
