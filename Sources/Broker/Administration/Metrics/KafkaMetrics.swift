/// Kafka's state as metrics; none without a bridge.
public struct KafkaMetrics: MetricsSource {
  private let figures: @Sendable () -> KafkaFigures?

  /// Takes what gives the figures, nil without a bridge; called on the HTTP server's thread.
  public init(figures: @escaping @Sendable () -> KafkaFigures?) { self.figures = figures }

  /// Kafka's part of the catalogue.
  public func metricFamilies() -> [MetricFamily] {
    guard let now = figures() else { return [] }
    return [
      MetricFamily(.kafkaReachable, .integer(now.isReachable ? 1 : 0)),
      MetricFamily(
        .kafkaMappingReady,
        now.mappings.map { MetricSample([$0.name, $0.direction.rawValue], .integer($0.isReady ? 1 : 0)) }),
      MetricFamily(.kafkaQueuedRecords, .integer(Int64(now.queuedRecords))),
      MetricFamily(.kafkaQueuedBytes, .integer(Int64(now.queuedBytes))),
      MetricFamily(
        .kafkaPartitionsAssigned, now.readers.map { MetricSample([$0.mapping], .integer(Int64($0.partitions))) }),
      MetricFamily(.kafkaLagRecords, now.readers.map { MetricSample([$0.mapping], .integer($0.lag)) }),
    ]
  }
}
