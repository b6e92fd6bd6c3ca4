internal import KafkaClient

/// Why a publish was not taken, or a record not delivered.
enum Refusal: Sendable, Hashable {
  case noRoom
  case illegalTopic
  case tooManyTopics
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
    case .noRoom, .tooManyTopics, .stopped, .kafka(.messageTimedOut): true
    case .illegalTopic, .tooLarge, .tooManyUserProperties, .kafka: false
    }
  }

  var explanation: String {
    switch self {
    case .noRoom: "too much waits for Kafka already"
    case .illegalTopic: "the topic template made a name that Kafka doesn't allow (1 to 249 of a-z A-Z 0-9 . _ -)"
    case .tooManyTopics: "the topic templates have made \(KafkaProducer.topicsMax) Kafka topics, the most that are kept"
    case .tooLarge: "the record would be larger than message.max.bytes, or than the topic allows"
    case .tooManyUserProperties: "the publish has more user properties than are carried over"
    case .stopped: "the bridge is stopping"
    case .kafka(let code): "\(code)"
    }
  }
}
