/// The bridge's figures as metrics.
public struct BridgeMetrics: MetricsSource {
  private let figures: @Sendable () -> [BridgeFigures]

  /// Takes what gives each mapping's figures; called on the HTTP server's thread.
  public init(figures: @escaping @Sendable () -> [BridgeFigures]) { self.figures = figures }

  /// The bridge's part of the catalogue.
  public func metricFamilies() -> [MetricFamily] {
    let now = figures()
    func family(_ definition: MetricDefinition, _ value: (BridgeFigures) -> MetricValue) -> MetricFamily {
      MetricFamily(definition, now.map { MetricSample([$0.mapping, $0.direction.rawValue], value($0)) })
    }
    let looped = MetricFamily(
      .bridgeLoopedTotal,
      now.flatMap { figures in
        [("echo", figures.looped), ("hops", figures.hopsExceeded)].map { reason, count in
          MetricSample([figures.mapping, figures.direction.rawValue, reason], .count(count))
        }
      })
    return [
      family(.bridgeAcceptedTotal) { .count($0.accepted) }, family(.bridgeDeliveredTotal) { .count($0.delivered) },
      family(.bridgeRefusedTotal) { .count($0.refused) }, family(.bridgeExpiredTotal) { .count($0.expired) },
      family(.bridgeOpen) { .count($0.open) }, family(.bridgeImbalance) { .integer($0.imbalance) },
      looped, family(.bridgeHeadersLeftOutTotal) { .count($0.headersLeftOut) },
      MetricFamily(
        .bridgeUnreceivedTotal,
        now.filter { $0.direction == .fromKafka }.map { MetricSample([$0.mapping], .count($0.unreceived)) }),
    ]
  }
}
