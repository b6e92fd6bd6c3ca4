import Testing

/// The real Mosquitto as a bridge to Sluice, with the recipe of docs/security.md.
@Suite(.serialized)
struct MosquittoBridgeTests {
  private static let access = """
    rules:
      - client: press-hall.sluice
        allow:
          publish: ["plants/#", "$SYS/broker/connection/{client}/state"]
          subscribe: ["commands/#"]
      - client: operator
        allow: { publish: ["#"], subscribe: ["#", "$SYS/broker/connection/+/state"] }

    """

  private func bridge(to port: UInt16, at own: UInt16, _ more: String) throws -> (ChildProcess, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      user root
      listener \(own) 127.0.0.1
      allow_anonymous true
      connection sluice
      address 127.0.0.1:\(port)
      remote_clientid press-hall.sluice
      restart_timeout 1
      topic plants/# out 1
      topic commands/# in 1
      \(more)

      """, to: "mosquitto.conf")
    return (try Tool.mosquitto.start(["-c", path, "-v"]), folder)
  }

  @Test(arguments: [
    "bridge_protocol_version mqttv311", "bridge_protocol_version mqttv311\ntry_private false",
    "bridge_protocol_version mqttv50",
  ])
  func `it connects with its defaults, carries both ways, and its state is retained`(version: String) async throws {
    let sluice = try await SluiceProcess.start(SluiceFiles(isAnonymousAllowed: true, access: Self.access))
    let port = try await sluice.port(of: "plain")
    let own = try FreePorts.take()
    let state = "$SYS/broker/connection/press-hall.sluice/state"
    let follower = try await Mosquitto.subscribe(
      ["-h", "127.0.0.1", "-p", "\(port)", "-i", "operator", "-t", state, "-t", "#", "-q", "1", "-F", "got %t %p"])
    let (bridge, folder) = try bridge(to: port, at: own, version)
    defer { withExtendedLifetime(folder) {} }
    try await follower.waitForOutput("got \(state) 1")
    try await Tool.mosquittoPub.output(
      ["-h", "127.0.0.1", "-p", "\(own)", "-q", "1", "-t", "plants/7", "-m", "from the hall"])
    try await follower.waitForOutput("got plants/7 from the hall")
    let local = try await Mosquitto.subscribe(
      ["-h", "127.0.0.1", "-p", "\(own)", "-t", "commands/#", "-q", "1", "-F", "got %t %p"])
    let wide = try await Mosquitto.subscribe(
      ["-h", "127.0.0.1", "-p", "\(port)", "-i", "operator", "-t", "#", "-q", "1", "-F", "got %t %p"])
    try await Tool.mosquittoPub.output(
      ["-h", "127.0.0.1", "-p", "\(port)", "-i", "operator", "-q", "1", "-t", "commands/1", "-m", "to the hall"])
    try await local.waitForOutput("got commands/1 to the hall")
    try await bridge.stop()
    let last = try await Mosquitto.subscribe(
      ["-h", "127.0.0.1", "-p", "\(port)", "-i", "operator", "-t", state, "-q", "1", "-F", "got %t %p"])
    try await last.waitForOutput("got \(state) 0")
    #expect(!wide.output.contains("got $SYS"), "\(wide.output)")
    for client in [follower, local, wide, last] { try await client.stop() }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `where no rule names its state it is refused, and the log says which topic`() async throws {
    let access = Self.access.replacing(", \"$SYS/broker/connection/{client}/state\"", with: "")
    let sluice = try await SluiceProcess.start(SluiceFiles(isAnonymousAllowed: true, access: access))
    let (bridge, folder) = try bridge(
      to: try await sluice.port(of: "plain"), at: try FreePorts.take(), "bridge_protocol_version mqttv50")
    defer { withExtendedLifetime(folder) {} }
    try await sluice.waitForLog("will_topic=$SYS/broker/connection/press-hall.sluice/state")
    #expect(sluice.log.contains("needs a rule that names it"), "\(sluice.log)")
    try await bridge.stop()
    #expect(try await sluice.stop() == .code(0))
  }
}
