import Testing

/// Clients in C and JavaScript, over each transport and for each version of MQTT.
@Suite(.serialized, .broker { try await WebSocketScenes.files() })
struct ClientProgramTests {
  @Test(arguments: ClientProgram.Transport.allCases, [3, 4, 5])
  func `Paho's synchronous client for C has its session`(transport: ClientProgram.Transport, version: Int)
    async throws
  {
    try await run(.synchronous, transport, version)
  }

  @Test(arguments: ClientProgram.Transport.allCases, [3, 4, 5])
  func `Paho's asynchronous client for C has its session`(transport: ClientProgram.Transport, version: Int)
    async throws
  {
    try await run(.asynchronous, transport, version)
  }

  @Test(arguments: ClientProgram.Transport.allCases, [3, 4, 5])
  func `mqtt_js has its session`(transport: ClientProgram.Transport, version: Int) async throws {
    try await run(.mqttjs, transport, version)
  }

  private func run(_ program: ClientProgram, _ transport: ClientProgram.Transport, _ version: Int) async throws {
    let broker = try SharedBroker.current
    try await program.run(
      transport, port: try await broker.sluice.port(of: transport.rawValue), version: version,
      certificates: try #require(broker.certificates))
  }
}
