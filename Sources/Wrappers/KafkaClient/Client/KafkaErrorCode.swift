internal import CRdKafka

/// An error code of Kafka's protocol (positive) or of the client itself (negative); 0 is success.
public struct KafkaErrorCode: RawRepresentable, Error, Sendable, Hashable, CustomStringConvertible {
  /// The number, as Kafka's protocol and librdkafka define it.
  public let rawValue: Int32

  /// Wraps a number; any number is allowed.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  init(_ error: rd_kafka_resp_err_t) { rawValue = error.rawValue }

  /// No error.
  public static let success = KafkaErrorCode(RD_KAFKA_RESP_ERR_NO_ERROR)
  /// The producer's queue is full.
  public static let queueFull = KafkaErrorCode(RD_KAFKA_RESP_ERR__QUEUE_FULL)
  /// The record was not delivered within `message.timeout.ms`.
  public static let messageTimedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
  /// The record is larger than `message.max.bytes`, or than the broker or topic allows.
  public static let messageTooLarge = KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
  /// The record was given up before it was sent, when the producer was closed.
  public static let purgedInQueue = KafkaErrorCode(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
  /// The record was given up while it was under way, when the producer was closed: it may be in Kafka.
  public static let purgedInFlight = KafkaErrorCode(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
  /// No broker can be reached.
  public static let allBrokersDown = KafkaErrorCode(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
  /// The connection to a broker failed.
  public static let transport = KafkaErrorCode(RD_KAFKA_RESP_ERR__TRANSPORT)
  /// Nothing answered in time.
  public static let timedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT)
  /// Signing in failed.
  public static let authentication = KafkaErrorCode(RD_KAFKA_RESP_ERR__AUTHENTICATION)
  /// The topic or partition does not exist.
  public static let unknownTopicOrPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  /// The client has learnt that there is no such topic.
  public static let unknownTopic = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
  /// The topic has no such partition any more: it was made anew with fewer.
  public static let unknownPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
  /// The broker and the client disagree about what this client has written to the partition.
  public static let outOfOrderSequence = KafkaErrorCode(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER)
  /// The broker has forgotten this client.
  public static let unknownProducerID = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID)
  /// The broker knows a later client by this one's identity.
  public static let invalidProducerEpoch = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
  /// This module's own: the record's time was over before Kafka had it.
  public static let expired = KafkaErrorCode(rawValue: -100_000)
  /// This module's own: the topic was there and is gone, since half a minute at most; it may be made anew.
  public static let topicGone = KafkaErrorCode(rawValue: -100_001)
  /// Kafka's rules don't let this client use the topic.
  public static let topicAuthorization = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
  /// Kafka's rules don't let this client use the consumer group.
  public static let groupAuthorization = KafkaErrorCode(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
  /// There was nothing to commit.
  static let noOffset = KafkaErrorCode(RD_KAFKA_RESP_ERR__NO_OFFSET)
  /// The topic exists already.
  public static let topicAlreadyExists = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
  /// A property is wrong.
  public static let invalidArgument = KafkaErrorCode(RD_KAFKA_RESP_ERR__INVALID_ARG)
  /// The client is closed.
  public static let closed = KafkaErrorCode(RD_KAFKA_RESP_ERR__DESTROY)
  /// The client can't go on and must be made anew.
  public static let fatal = KafkaErrorCode(RD_KAFKA_RESP_ERR__FATAL)

  /// Another member came to the consumer's group with the name of this one (``KafkaMembership/instance``), and has its
  /// place now.
  public static let fencedInstanceID = KafkaErrorCode(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)

  /// Whether a broker answered, and refused for want of rights: it can be reached.
  public var isAuthorizationRefusal: Bool {
    switch rd_kafka_resp_err_t(rawValue: rawValue) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      true
    default: false
    }
  }

  /// Whether a record that failed so with a client that ended failed for that, and not for itself: it is the record on
  /// which the client ended, or one that the client only had no use for any more.
  var isOfClient: Bool {
    switch self {
    case .outOfOrderSequence, .unknownProducerID, .invalidProducerEpoch: true
    case .unknownTopic, .unknownPartition, .topicGone, .messageTimedOut: false
    default: rawValue < 0
    }
  }

  /// The error in words.
  public var description: String {
    if self == .expired { return "its time was over before Kafka had it" }
    if self == .topicGone { return "the topic was there a moment ago, and is gone" }
    return rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: rawValue)).map { String(cString: $0) } ?? "error \(rawValue)"
  }
}
