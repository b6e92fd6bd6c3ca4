import Testing

/// What differs by listener, and what an operator may choose of MQTT.
@Suite(.serialized)
struct ListenerTests {
  private static let narrow = """
      - name: narrow
        protocol: mqtt
        bind: 127.0.0.1:0
        limits:
          packet_bytes_max: 2 KiB
          connect_packet_bytes_max: 2 KiB
          receive_maximum: 2
          connections_per_address_max: 3

    """

  private static var files: SluiceFiles {
    SluiceFiles(
      isAnonymousAllowed: true, hasAdministration: true, moreListeners: narrow, moreListenerNames: ["narrow"],
      access: SluiceFiles.openAccess)
  }

  private func run(_ scene: String, _ sluice: SluiceProcess) async throws {
    var arguments = ["--port", "\(try await sluice.port(of: "plain"))"]
    if sluice.log.contains("listener=narrow") {
      arguments += ["--other-port", "\(try await sluice.port(of: "narrow"))"]
    }
    try await Script.listeners.run(scene, arguments)
  }

  @Test
  func `a listener has limits of its own`() async throws {
    let sluice = try await SluiceProcess.start(Self.files)
    try await run("limits_of_its_own", sluice)
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `an address has a bounded number of connections, and what is above is counted`() async throws {
    let sluice = try await SluiceProcess.start(Self.files)
    try await run("connections_of_an_address", sluice)
    let metrics = try await HTTP.get(try await sluice.administrationPort(), "/metrics").body
    #expect(metrics.contains("sluice_connect_refused_total{reason=\"address\"} "))
    #expect(!metrics.contains("sluice_connect_refused_total{reason=\"address\"} 0"))
    #expect(sluice.log.contains("connections_per_address_max=3"), "\(sluice.log)")
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `a listener offers what it says, and takes no bytes that a careful broker refuses`() async throws {
    var files = Self.files
    files.moreListeners = """
        - name: narrow
          protocol: mqtt
          bind: 127.0.0.1:0
          maximum_qos: 1
          retain_available: false

      """
    let sluice = try await SluiceProcess.start(files)
    for scene in ["features_of_its_own", "bytes_that_are_refused"] { try await run(scene, sluice) }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `what MQTT leaves to the server is as the file says`() async throws {
    let sluice = try await SluiceProcess.start(
      SluiceFiles(
        isAnonymousAllowed: true, hasAdministration: true,
        sections: """
          mqtt:
            validate_payload_format: true
            reveal_refusals: false
            response_information: replies/{client}/to
          """,
        access: SluiceFiles.openAccess + "    deny: { publish: [\"no/#\"], subscribe: [\"no/#\"] }\n"))
    for scene in ["payload_is_text", "response_information", "refusals_are_not_revealed"] {
      try await run(scene, sluice)
    }
    let metrics = try await HTTP.get(try await sluice.administrationPort(), "/metrics").body
    #expect(metrics.contains("sluice_publish_refused_total{reason=\"payload_format\"} 1"), "\(metrics)")
    #expect(try await sluice.stop() == .code(0))
  }
}
