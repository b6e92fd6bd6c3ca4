public import HTTPServer

/// The module's main type: what an operator and their tools read of a running broker, as routes for an `HTTPServer`.
///
/// `GET /metrics` (Prometheus text exposition 0.0.4), `GET /livez` and `GET /readyz`. It knows nothing of how figures
/// come about: the executable hands it sources. They are asked on the HTTP server's thread, at each request, and must
/// not block; none of them can delay a device. Nothing secret is in any answer, yet nobody is asked who they are: serve
/// it on loopback.
public struct Administration: Sendable {
  private let metrics: [any MetricsSource]
  private let heartbeats: @Sendable () -> [ShardHeartbeat]
  private let readiness: @Sendable () -> Readiness

  /// Puts it together. Each closure returns what is so when it is called.
  public init(
    metrics: [any MetricsSource], heartbeats: @escaping @Sendable () -> [ShardHeartbeat],
    readiness: @escaping @Sendable () -> Readiness
  ) {
    self.metrics = metrics
    self.heartbeats = heartbeats
    self.readiness = readiness
  }

  /// The routes to serve.
  public var routes: [HTTPRoute] {
    [
      HTTPRoute(.get, "/metrics") { [metrics] _ in
        HTTPResponse(
          contentType: PrometheusText.contentType, body: PrometheusText.encode(metrics.flatMap { $0.metricFamilies() }))
      },
      HTTPRoute(.get, "/livez") { [heartbeats] in HealthReport(heartbeats: heartbeats()).response(to: $0) },
      HTTPRoute(.get, "/readyz") { [readiness] in HealthReport(readiness: readiness()).response(to: $0) },
    ]
  }
}
