internal import CRdKafka

/// Where partitions begin, and what becomes of offsets that Kafka doesn't have any more.
extension ConsumerLoop {
  /// How long one question to Kafka may take.
  private static let answerSeconds = 2.0
  /// How often the group is asked for its offsets before what the library does by itself is taken.
  private static let attemptsMax = 15

  /// Learns what there is in Kafka when the consumer begins, where that decides how to go on. Waits for an answer.
  func learnBeginning() {
    guard positions?.isReady == false, let counts = partitionCounts() else { return }
    positions?.learned(counts)
  }

  /// Says in a list of partitions that are to be assigned where each begins. Returns offsets to store once they are:
  /// where the group begins is remembered also while it has read nothing.
  func place(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [KafkaTopicPartition: Int64] {
    guard positions != nil, let list, list.pointee.cnt > 0 else { return [:] }
    learnBeginning()
    guard let committed = committedPartitions(like: list) else { return [:] }
    var stores: [KafkaTopicPartition: Int64] = [:]
    for index in 0..<Int(list.pointee.cnt) {
      guard let element = list.pointee.elems?.advanced(by: index) else { continue }
      let place = KafkaTopicPartition(
        topic: String(cString: element.pointee.topic), partition: element.pointee.partition)
      switch positions?.begin(place, committed: committed[place.topic] ?? []) {
      case .atBeginning?: element.pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
      case .atEnd?:
        let end = client.bounds(of: place, timeoutSeconds: Self.answerSeconds)?.end
        element.pointee.offset = end ?? Int64(RD_KAFKA_OFFSET_END)
        if let end { stores[place] = end }
      case .atCommitted?, nil: break
      }
    }
    return stores
  }

  /// Which partitions of the topics in a list have an offset in the group; nil when the coordinator doesn't say.
  private func committedPartitions(
    like list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
  ) -> [String: Set<Int32>]? {
    var counts: [String: Int32] = [:]
    for place in Self.partitions(of: list) {
      counts[place.topic] = max(counts[place.topic] ?? 0, place.partition + 1)
    }
    let asked = rd_kafka_topic_partition_list_new(list.pointee.cnt)
    defer { rd_kafka_topic_partition_list_destroy(asked) }
    for (topic, count) in counts {
      for partition in 0..<count { rd_kafka_topic_partition_list_add(asked, topic, partition) }
    }
    for _ in 0..<Self.attemptsMax where closing.timeoutSeconds == nil {
      guard rd_kafka_committed(client.pointer, asked, milliseconds(Self.answerSeconds)) == RD_KAFKA_RESP_ERR_NO_ERROR,
        let asked, let elements = asked.pointee.elems
      else { continue }
      var committed: [String: Set<Int32>] = [:]
      for index in 0..<Int(asked.pointee.cnt) where elements[index].offset >= 0 {
        committed[String(cString: elements[index].topic), default: []].insert(elements[index].partition)
      }
      return committed
    }
    return nil
  }

  /// The library found that Kafka has nothing at an offset, and goes to the beginning: tells the handler, and has the
  /// group remember the new place.
  func settle(_ resets: [KafkaTopicPartition: Int64]) {
    for (place, offset) in resets where assigned.contains(place) {
      let bounds = client.bounds(of: place, timeoutSeconds: Self.answerSeconds)
      handler.lost(place, at: offset, begin: bounds?.begin, end: bounds?.end)
      if let begin = bounds?.begin { rewind([place: begin]) }
    }
  }

  /// Stores and commits offsets, also lower ones than before: by itself the library commits rising ones only.
  func rewind(_ offsets: [KafkaTopicPartition: Int64]) {
    withList(offsets) { list in
      _ = rd_kafka_offsets_store(client.pointer, list)
      _ = rd_kafka_commit(client.pointer, list, 1)
    }
  }
}
