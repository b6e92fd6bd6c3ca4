/// One partition of one topic.
public struct KafkaTopicPartition: Sendable, Hashable, CustomStringConvertible {
  /// The topic's name.
  public let topic: String
  /// The partition's number, from 0.
  public let partition: Int32

  /// Names a partition.
  public init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  /// topic/partition
  public var description: String { "\(topic)/\(partition)" }
}
