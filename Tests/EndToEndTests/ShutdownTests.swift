import Testing

/// SIGTERM ends the broker cleanly.
@Suite(.serialized)
struct ShutdownTests {
  @Test
  func `clients of 5_0 are told that the server stops, and the process ends with 0`() async throws {
    let sluice = try await SluiceProcess.start(
      SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess))
    let client = try await Script.wire.start("shutdown", ["--port", "\(sluice.port(of: "plain"))"])
    try await client.waitForOutput("ready")
    #expect(try await sluice.stop() == .code(0))
    #expect(try await client.wait(seconds: 60) == .code(0), "\(client.report)")
    #expect(sluice.log.contains("sluice has stopped"))
  }

  @Test
  func `SIGINT ends it as SIGTERM does, also right after its start`() async throws {
    for _ in 0..<2 {
      let sluice = try await SluiceProcess.start(BridgeScenes.embedded)
      sluice.interrupt()
      #expect(try await sluice.waitForEnd() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `it ends with publishes in flight and clients that do not read`() async throws {
    var files = BridgeScenes.embedded
    files.mappings += """
        - name: flood
          topic: ordered
          publish: copies/{key}/{offset}

      """
    files.mappings = files.mappings.replacing("ordered/{device}", with: "flood/{device}")
    let sluice = try await SluiceProcess.start(files)
    let folder = try TemporaryFolder()
    try folder.write("\(try await sluice.port(of: "plain"))", to: "port")
    let reader = try await Script.wire.start("shutdown", ["--port", "\(sluice.port(of: "plain"))"])
    let publisher = try Script.publisher.start("flood", ["--port", "0", "--folder", folder.path])
    try await publisher.waitForOutput("acknowledged ")
    try await reader.waitForOutput("ready")
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    try folder.write("", to: "stop")
    #expect(try await publisher.wait(seconds: 60) == .code(0), "\(publisher.report)")
    #expect(try await reader.wait(seconds: 60) == .code(0), "\(reader.report)")
  }

  @Test
  func `it ends in time with Kafka away, and acknowledges nothing for that`() async throws {
    var files = BridgeScenes.embedded
    files.sections = "kafka: { bootstrap_servers: [\"127.0.0.1:\(try FreePorts.take())\"] }\n"
    let sluice = try await SluiceProcess.start(files)
    let port = try await sluice.port(of: "plain")
    let waiting = try Tool.stdbuf.start(
      [
        "-oL", Tool.mosquittoPub.rawValue, "-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-q", "1", "-t", "bare/x",
        "-m", "x", "-d",
      ])
    try await waiting.waitForOutput("sending PUBLISH")
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    try await waiting.stop()
    #expect(!waiting.output.contains("PUBACK"), "\(waiting.output)")
  }
}
