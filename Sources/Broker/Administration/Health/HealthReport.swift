import BrokerCore
import HTTPServer

/// The answer of a health check: healthy, or the reasons why not.
struct HealthReport: Sendable, Equatable {
  let reasons: [String]

  var isHealthy: Bool { reasons.isEmpty }

  /// Alive: every shard's heartbeat is recent, and there is one.
  init(heartbeats: [ShardHeartbeat]) {
    if heartbeats.isEmpty {
      reasons = ["no shard runs"]
      return
    }
    let max = ShardHeartbeat.ageMillisecondsMax
    reasons = heartbeats.sorted { $0.shard < $1.shard }.filter { $0.ageMilliseconds > max }.map { beat in
      "shard \(beat.shard) has not run for \(beat.ageMilliseconds) ms (at most \(max) ms is normal)"
    }
  }

  /// Ready: all listeners are bound, there is one, the Kafka cluster is reachable if there is to be one, and the broker
  /// stays.
  init(readiness: Readiness) {
    var reasons: [String] = []
    if readiness.isStarting { reasons.append("the broker is starting") }
    if readiness.isStopping { reasons.append("the broker is stopping") }
    if readiness.listeners.isEmpty { reasons.append("no listener is configured") }
    for listener in readiness.listeners {
      if let problem = listener.problem { reasons.append("listener \(listener.name) is not bound: \(problem)") }
    }
    switch readiness.kafka {
    case nil, .reachable: break
    case .unreachable(let reason): reasons.append("Kafka is not reachable: \(reason)")
    case .impaired(let problems): reasons += problems
    }
    self.reasons = reasons
  }

  /// 200 or 503; as text a line a reason, as JSON `{"status":"ok","reasons":[]}` when the request asks for
  /// application/json.
  func response(to request: HTTPRequest) -> HTTPResponse {
    let status = isHealthy ? 200 : 503
    if request.accepts("application/json") {
      let list = reasons.map { JSONText.string($0) }.joined(separator: ",")
      let text = "{\"status\":\"\(isHealthy ? "ok" : "unavailable")\",\"reasons\":[\(list)]}\n"
      return HTTPResponse(status: status, contentType: "application/json", body: Array(text.utf8))
    }
    // A reason can carry words of another program: a line of its own for each, whatever it contains.
    let lines = reasons.map { reason in
      String(String.UnicodeScalarView(reason.unicodeScalars.filter { $0.value >= 32 }))
    }
    return .text(isHealthy ? "ok" : lines.joined(separator: "\n"), status: status)
  }
}
