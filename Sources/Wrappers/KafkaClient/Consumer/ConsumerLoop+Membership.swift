internal import CRdKafka

extension ConsumerLoop {
  /// How long Kafka may take to say what topics there are; without an answer what the group gave is taken.
  private static let metadataSeconds = 2.0

  /// Whether the group gave what it remembers of an earlier life of this named member, and that is not what it would
  /// share out now.
  ///
  /// Kafka gives a named member that comes back its old partitions without asking anybody (KIP-345): also where the
  /// subscription is another one since then, or where partitions or topics came meanwhile, which nobody would be given
  /// until the next change. In a shared group only the first can be seen, since the rest may be another member's.
  func isOutOfDate(_ partitions: [KafkaTopicPartition]) -> Bool {
    guard membership.instance != nil else { return false }
    if partitions.contains(where: { place in !topics.contains { $0.matches(place.topic) } }) { return true }
    guard !membership.isShared else { return false }
    var held: [String: Int] = [:]
    for place in partitions { held[place.topic, default: 0] += 1 }
    return (partitionCounts() ?? [:]).contains { topic, count in held[topic, default: 0] < count }
  }

  /// The topics that are subscribed to, as far as they are there, with their partitions; nil when Kafka doesn't say.
  func partitionCounts() -> [String: Int]? {
    if topics.contains(where: \.isExpression) { return partitionCounts(of: nil) }
    var counts: [String: Int] = [:]
    for topic in topics {
      guard let handle = try? KafkaTopic(name: topic.text, client: client), let found = partitionCounts(of: handle)
      else {
        return nil
      }
      counts.merge(found) { $1 }
    }
    return counts
  }

  private func partitionCounts(of topic: KafkaTopic?) -> [String: Int]? {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    _ = rd_kafka_metadata(
      client.pointer, topic == nil ? 1 : 0, topic?.pointer, &metadata, milliseconds(Self.metadataSeconds))
    guard let metadata else { return nil }
    defer { rd_kafka_metadata_destroy(metadata) }
    var counts: [String: Int] = [:]
    for index in 0..<Int(metadata.pointee.topic_cnt) {
      guard let found = metadata.pointee.topics?[index], found.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      let name = String(cString: found.topic)
      if topics.contains(where: { $0.matches(name) }) { counts[name] = Int(found.partition_cnt) }
    }
    return counts
  }
}
