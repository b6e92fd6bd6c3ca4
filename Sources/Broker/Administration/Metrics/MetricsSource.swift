/// Something that has figures to show.
public protocol MetricsSource: Sendable {
  /// The figures as they are now. Called on the HTTP server's thread at each scrape; must not block.
  func metricFamilies() -> [MetricFamily]
}
