internal import CRdKafka

/// What a cluster says of its topics.
enum TopicConfiguration {
  /// The `max.message.bytes` of those of the topics that the cluster tells of: it may know no such topic, or let this
  /// client not ask. Waits for the answer at most so long.
  static func messageBytesMax(of topics: some Collection<String>, client: ClientHandle, timeoutSeconds: Double)
    -> [String: Int]
  {
    var resources: [OpaquePointer?] = topics.compactMap { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
    guard !resources.isEmpty else { return [:] }
    defer { rd_kafka_ConfigResource_destroy_array(&resources, resources.count) }
    let options = rd_kafka_AdminOptions_new(client.pointer, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
    defer { rd_kafka_AdminOptions_destroy(options) }
    _ = withErrorText {
      rd_kafka_AdminOptions_set_request_timeout(options, max(1, milliseconds(timeoutSeconds)), $0, $1)
    }
    let queue = rd_kafka_queue_new(client.pointer)
    defer { rd_kafka_queue_destroy(queue) }
    rd_kafka_DescribeConfigs(client.pointer, &resources, resources.count, options, queue)
    guard let event = rd_kafka_queue_poll(queue, milliseconds(timeoutSeconds)) else { return [:] }
    defer { rd_kafka_event_destroy(event) }
    var count = 0
    guard let result = rd_kafka_event_DescribeConfigs_result(event),
      let answers = rd_kafka_DescribeConfigs_result_resources(result, &count)
    else { return [:] }
    var found: [String: Int] = [:]
    for index in 0..<count {
      guard let answer = answers[index], let name = rd_kafka_ConfigResource_name(answer),
        let bytes = messageBytesMax(in: answer)
      else { continue }
      found[String(cString: name)] = bytes
    }
    return found
  }

  private static func messageBytesMax(in answer: OpaquePointer) -> Int? {
    var count = 0
    guard let entries = rd_kafka_ConfigResource_configs(answer, &count) else { return nil }
    for index in 0..<count {
      guard let entry = entries[index], let name = rd_kafka_ConfigEntry_name(entry),
        String(cString: name) == "max.message.bytes", let value = rd_kafka_ConfigEntry_value(entry)
      else { continue }
      return Int(String(cString: value))
    }
    return nil
  }
}
