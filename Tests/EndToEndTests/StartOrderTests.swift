import Testing

/// The parts of the broker start in the order in which they need each other, and stop the other way.
@Suite(.serialized)
struct StartOrderTests {
  private static let order = ["producer", "shards", "reports", "administration", "clients", "records", "readiness"]

  private func parts(_ event: String, in sluice: SluiceProcess) -> [String] {
    sluice.log.split(separator: "\n").compactMap { line in
      line.contains(" debug \(event) part=") ? line.split(separator: "=").last.map(String.init) : nil
    }
  }

  @Test
  func `each part starts after what it calls, and ends before it`() async throws {
    var files = BridgeScenes.embedded
    files.hasAdministration = true
    files.sections += "log: { level: debug }\n"
    let sluice = try await SluiceProcess.start(files)
    #expect(parts("started", in: sluice) == Self.order)
    let port = try await sluice.administrationPort()
    _ = try await Waiting.until("it is ready", seconds: 60) {
      try await HTTP.get(port, "/readyz").status == 200 ? true : nil
    }
    #expect(try await sluice.stop() == .code(0))
    #expect(parts("stopped", in: sluice) == Self.order.reversed())
  }

  @Test
  func `a start that fails has let nobody in and read nothing`() async throws {
    var files = BridgeScenes.embedded
    files.hasAdministration = true
    files.sections += "log: { level: debug }\n"
    let first = try await SluiceProcess.start(files)
    let port = try await first.administrationPort()
    var texts = files.text
    texts["sluice.yaml"] = texts["sluice.yaml"]?.replacing(
      "administration: { bind: \"127.0.0.1:0\" }", with: "administration: { bind: \"127.0.0.1:\(port)\" }")
    let second = try SluiceProcess.launch(texts)
    #expect(try await second.waitForEnd() == .code(1))
    #expect(second.log.contains("127.0.0.1:\(port)") && second.log.contains("in use"), "\(second.log)")
    #expect(parts("started", in: second) == ["producer", "shards", "reports"])
    #expect(!second.log.contains("listening") && !second.log.contains("reading from Kafka"), "\(second.log)")
    #expect(try await first.stop() == .code(0))
  }
}
