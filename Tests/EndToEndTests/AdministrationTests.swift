import Testing

/// Health and metrics over HTTP, beside a broker that works.
@Suite(.serialized)
struct AdministrationTests {
  @Test
  func `health and metrics answer, and the books of each mapping balance`() async throws {
    var files = BridgeScenes.embedded
    files.hasAdministration = true
    let sluice = try await SluiceProcess.start(files)
    let port = try await sluice.administrationPort()
    let scenes = BridgeScenes(
      sluice: sluice, port: try await sluice.port(of: "plain"), kafka: try await sluice.embeddedKafka())
    for i in 0..<5 { try await scenes.publish("plants/7/devices/d/telemetry/x", "\(i)") }
    #expect(try await HTTP.get(port, "/livez").status == 200)
    _ = try await Waiting.until("ready", seconds: 60) {
      try await HTTP.get(port, "/readyz").status == 200 ? true : nil
    }
    let metrics = try await HTTP.get(port, "/metrics")
    #expect(metrics.status == 200)
    let lines = Set(metrics.body.split(separator: "\n").map(String.init))
    let labels = "{mapping=\"telemetry\",direction=\"to_kafka\"}"
    for (name, value) in [("accepted_total", 5), ("delivered_total", 5), ("imbalance", 0), ("open", 0)] {
      #expect(lines.contains("sluice_bridge_\(name)\(labels) \(value)"), "\(name)\n\(metrics.body)")
    }
    #expect(try await HTTP.get(port, "/nothing").status == 404)
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `with Kafka away it lives and is not ready`() async throws {
    var files = BridgeScenes.embedded
    files.sections = "kafka: { bootstrap_servers: [\"127.0.0.1:\(try FreePorts.take())\"] }\n"
    files.hasAdministration = true
    let sluice = try await SluiceProcess.start(files)
    let port = try await sluice.administrationPort()
    try await sluice.waitForLog("Kafka can't be reached")
    #expect(try await HTTP.get(port, "/livez").status == 200)
    let readiness = try await HTTP.get(port, "/readyz")
    #expect(readiness.status == 503)
    #expect(readiness.body.contains("afka"), "\(readiness.body)")
    #expect(try await sluice.stop() == .code(0))
  }
}
