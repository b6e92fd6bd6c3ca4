internal import BrokerCore

/// What all records of one Kafka topic have in common for one mapping. Immutable.
final class SourceTopic: Sendable {
  let name: String
  /// The ``RecordHeaderNames/origin`` of a record that this broker wrote to this topic.
  let origin: [UInt8]
  /// By the hops that a record has behind it.
  private let publishers: [Publisher]

  init(name: String, instance: String, hopsMax: Int) {
    self.name = name
    origin = RecordOrigin.value(instance: instance, topic: name)
    publishers = (0...max(0, hopsMax)).map { Publisher(kafkaTopic: name, hops: $0) }
  }

  /// Who publishes the records that have so many hops behind them; what is beyond the most counts as the most.
  func publisher(hops: Int) -> Publisher { publishers[max(0, min(hops, publishers.count - 1))] }
}
