internal import CRdKafka

/// Asks a cluster about topics and makes them. Every method waits for the answer, at most as long as it is told; any
/// thread may call, none should be one that serves clients.
public final class KafkaAdmin: Sendable {
  private let client: ClientHandle

  /// Makes a client. It does not wait for Kafka.
  public init(configuration: KafkaConfiguration, log: @escaping KafkaLogHandler) throws(KafkaError) {
    let conf = try configuration.makeNative(fixed: [])
    client = try ClientHandle(RD_KAFKA_PRODUCER, conf: conf, context: ClientContext(log: log))
  }

  /// nil when a broker answered, also when it refused for want of rights; otherwise why none did.
  public func probe(timeoutSeconds: Double) -> KafkaError? { client.probe(timeoutSeconds: timeoutSeconds) }

  /// How many partitions a topic has. Throws ``KafkaErrorCode/unknownTopicOrPartition`` when there is no such topic. (A
  /// broker that makes topics by itself may do so when it is asked.)
  public func partitionCount(of topic: String, timeoutSeconds: Double) throws(KafkaError) -> Int {
    let handle = try KafkaTopic(name: topic, client: client)
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = KafkaErrorCode(
      rd_kafka_metadata(client.pointer, 0, handle.pointer, &metadata, milliseconds(timeoutSeconds)))
    guard code == .success, let metadata else { throw KafkaError(code: code, reason: "topic \(topic): \(code)") }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt > 0, let first = metadata.pointee.topics else {
      throw KafkaError(
        code: .unknownTopicOrPartition, reason: "topic \(topic): \(KafkaErrorCode.unknownTopicOrPartition)")
    }
    let found = KafkaErrorCode(first.pointee.err)
    guard found == .success else { throw KafkaError(code: found, reason: "topic \(topic): \(found)") }
    return Int(first.pointee.partition_cnt)
  }

  /// Makes a topic; false when it was there already, whatever its partitions. The embedded cluster doesn't know this
  /// request: use ``EmbeddedKafka/createTopic(_:partitions:)``.
  @discardableResult
  public func createTopic(
    _ name: String, partitions: Int, replication: Int = 1, timeoutSeconds: Double
  ) throws(KafkaError) -> Bool {
    let (made, reason) = withErrorText {
      rd_kafka_NewTopic_new(name, Int32(clamping: partitions), Int32(clamping: replication), $0, $1)
    }
    guard let made else { throw KafkaError(code: .invalidArgument, reason: "topic \(name): \(reason)") }
    defer { rd_kafka_NewTopic_destroy(made) }
    let options = rd_kafka_AdminOptions_new(client.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
    defer { rd_kafka_AdminOptions_destroy(options) }
    _ = withErrorText {
      rd_kafka_AdminOptions_set_request_timeout(options, max(1, milliseconds(timeoutSeconds)), $0, $1)
    }
    let queue = rd_kafka_queue_new(client.pointer)
    defer { rd_kafka_queue_destroy(queue) }
    var topics: [OpaquePointer?] = [made]
    rd_kafka_CreateTopics(client.pointer, &topics, topics.count, options, queue)
    guard let event = rd_kafka_queue_poll(queue, milliseconds(timeoutSeconds + 1)) else {
      throw KafkaError(code: .timedOut, reason: "topic \(name): no answer in \(timeoutSeconds) s")
    }
    defer { rd_kafka_event_destroy(event) }
    var code = KafkaErrorCode(rd_kafka_event_error(event))
    var text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
    var count = 0
    if code == .success, let result = rd_kafka_event_CreateTopics_result(event),
      let first = rd_kafka_CreateTopics_result_topics(result, &count), count > 0
    {
      code = KafkaErrorCode(rd_kafka_topic_result_error(first[0]))
      text = rd_kafka_topic_result_error_string(first[0]).map { String(cString: $0) } ?? ""
    }
    if code == .topicAlreadyExists { return false }
    guard code == .success else { throw KafkaError(code: code, reason: "topic \(name) was not made: \(text)") }
    return true
  }

  /// The identifiers that a group's brokers gave its members. Empty when there is no such group.
  public func memberIDs(ofGroup group: String, timeoutSeconds: Double) throws(KafkaError) -> [String] {
    var groups: UnsafePointer<rd_kafka_group_list>?
    let code = KafkaErrorCode(rd_kafka_list_groups(client.pointer, group, &groups, milliseconds(timeoutSeconds)))
    defer { if let groups { rd_kafka_group_list_destroy(groups) } }
    // Every broker is asked, and which of them has the group is not told: without all answers nothing is known.
    guard code == .success, let groups else { throw KafkaError(code: code, reason: "group \(group): \(code)") }
    var members: [String] = []
    for index in 0..<Int(groups.pointee.group_cnt) {
      guard let found = groups.pointee.groups?[index] else { continue }
      let refused = KafkaErrorCode(found.err)
      guard refused == .success else { throw KafkaError(code: refused, reason: "group \(group): \(refused)") }
      for member in 0..<Int(found.member_cnt) {
        if let identifier = found.members?[member].member_id { members.append(String(cString: identifier)) }
      }
    }
    return members
  }
}
