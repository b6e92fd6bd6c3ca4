/// The broker's figures as metrics.
public struct BrokerMetrics: MetricsSource {
  private let figures: @Sendable () -> BrokerFigures

  /// Takes what gives the sum over all shards; called on the HTTP server's thread.
  public init(figures: @escaping @Sendable () -> BrokerFigures) { self.figures = figures }

  /// The broker's part of the catalogue.
  public func metricFamilies() -> [MetricFamily] {
    let now = figures()
    return [
      MetricFamily(.connectionsOpen, .integer(now.connectionsOpen)),
      MetricFamily(.connectionsTotal, .count(now.connections)),
      MetricFamily(.connectRefusedTotal, now.connectsRefused),
      MetricFamily(.publishesReceivedTotal, BrokerMetrics.byQoS(now.publishesReceived)),
      MetricFamily(.publishesSentTotal, BrokerMetrics.byQoS(now.publishesSent)),
      MetricFamily(.publishRefusedTotal, now.publishesRefused),
      MetricFamily(.refusedAcknowledgedTotal, .count(now.refusedAcknowledged)),
      MetricFamily(.subscriptionsRefusedTotal, .count(now.subscriptionsRefused)),
      MetricFamily(.messagesDroppedTotal, now.messagesDropped),
      MetricFamily(.acknowledgeTimeoutsTotal, .count(now.acknowledgeTimeouts)),
      MetricFamily(.slowSubscribers, .integer(now.slowSubscribers)),
      MetricFamily(.sessions, .integer(now.sessions)),
      MetricFamily(.subscriptions, .integer(now.subscriptions)),
      MetricFamily(.retainedMessages, .integer(now.retainedMessages)),
      MetricFamily(.retainedBytes, .integer(now.retainedBytes)),
      MetricFamily(.bytesReceivedTotal, .count(now.bytesReceived)),
      MetricFamily(.bytesSentTotal, .count(now.bytesSent)),
      MetricFamily(.tlsHandshakesTotal, now.tlsHandshakes),
    ]
  }

  private static func byQoS(_ counts: [UInt64]) -> [MetricSample] {
    counts.enumerated().map { MetricSample([String($0.offset)], .count($0.element)) }
  }
}
