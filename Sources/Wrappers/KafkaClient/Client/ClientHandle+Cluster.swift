internal import CRdKafka

extension ClientHandle {
  /// Asks any broker for metadata of the topics in use, and waits for the answer. Thread-safe.
  func view(timeoutSeconds: Double) -> Result<KafkaClusterView, KafkaError> {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = KafkaErrorCode(rd_kafka_metadata(pointer, 0, nil, &metadata, milliseconds(timeoutSeconds)))
    defer { if let metadata { rd_kafka_metadata_destroy(metadata) } }
    // A broker that doesn't let us ask is there.
    if code.isAuthorizationRefusal { return .success(KafkaClusterView()) }
    guard code == .success, let metadata else {
      return .failure(KafkaError(code: code, reason: "no Kafka broker answered: \(code)"))
    }
    var view = KafkaClusterView()
    for index in 0..<Int(metadata.pointee.broker_cnt) {
      guard let broker = metadata.pointee.brokers?[index], let host = broker.host else { continue }
      view.addresses[broker.id] = "\(String(cString: host)):\(broker.port)"
    }
    for index in 0..<Int(metadata.pointee.topic_cnt) {
      guard let topic = metadata.pointee.topics?[index], let name = topic.topic else { continue }
      let leaders = (0..<Int(topic.partition_cnt)).map { topic.partitions?[$0].leader ?? -1 }
      view.topics.append(
        KafkaClusterView.Topic(name: String(cString: name), error: KafkaErrorCode(topic.err), leaders: leaders))
    }
    return .success(view)
  }

  /// Asks the leader of a partition for an offset, and waits. True when it answered, whatever it said: that it may not
  /// tell, or is not the leader any more, is an answer. Thread-safe.
  func isAnswered(byLeaderOf place: KafkaTopicPartition, timeoutSeconds: Double) -> Bool {
    // Codes of Kafka's protocol are above 0, those of the client itself below.
    switch offset(of: place, atTime: Int64(RD_KAFKA_OFFSET_END), timeoutSeconds: timeoutSeconds) {
    case .success: true
    case .failure(let code): code.rawValue > 0
    }
  }

  /// The first offset that Kafka has in a partition, and the one behind the last; nil when its leader doesn't say.
  /// Waits; thread-safe.
  func bounds(of place: KafkaTopicPartition, timeoutSeconds: Double) -> (begin: Int64, end: Int64)? {
    let begin = offset(of: place, atTime: Int64(RD_KAFKA_OFFSET_BEGINNING), timeoutSeconds: timeoutSeconds)
    guard case .success(let begin) = begin, begin >= 0 else { return nil }
    let end = offset(of: place, atTime: Int64(RD_KAFKA_OFFSET_END), timeoutSeconds: timeoutSeconds)
    guard case .success(let end) = end, end >= 0 else { return nil }
    return (begin, end)
  }

  /// Not `rd_kafka_query_watermark_offsets`, which waits for an answer however long that takes (librdkafka 2.0.2).
  private func offset(
    of place: KafkaTopicPartition, atTime time: Int64, timeoutSeconds: Double
  ) -> Result<Int64, KafkaErrorCode> {
    let list = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    rd_kafka_topic_partition_list_add(list, place.topic, place.partition)?.pointee.offset = time
    let code = KafkaErrorCode(rd_kafka_offsets_for_times(pointer, list, milliseconds(timeoutSeconds)))
    guard code == .success, let list, let first = list.pointee.elems?.pointee else { return .failure(code) }
    let refused = KafkaErrorCode(first.err)
    return refused == .success ? .success(first.offset) : .failure(refused)
  }
}
