import Testing

/// Eclipse Paho's client for Python against one broker, for MQTT 3.1.1 and 5.0.
@Suite(
  .serialized,
  .broker { SluiceFiles(isAnonymousAllowed: true, access: SluiceFiles.openAccess) })
struct PahoTests {
  @Test(arguments: [4, 5])
  func `each quality of service is delivered at the lower of publish and subscription`(version: Int) async throws {
    try await run("every_quality", version)
  }

  @Test(arguments: [4, 5])
  func `messages of one publisher keep their order`(version: Int) async throws {
    try await run("order_is_kept", version)
  }

  @Test(arguments: [4, 5])
  func `wildcards match what the specification says`(version: Int) async throws {
    try await run("wildcards", version)
  }

  @Test(arguments: [4, 5])
  func `a retained message is kept, replaced and removed`(version: Int) async throws {
    try await run("retained", version)
  }

  @Test(arguments: [4, 5])
  func `a will is published when the connection breaks, and not after DISCONNECT`(version: Int) async throws {
    try await run("will", version)
  }

  @Test(arguments: [4, 5])
  func `a persistent session queues messages in order, and ends with a clean start`(version: Int) async throws {
    try await run("persistent_session", version)
  }

  @Test(arguments: [4, 5])
  func `a clean session ends with its connection`(version: Int) async throws {
    try await run("clean_session_ends", version)
  }

  @Test(arguments: [4, 5])
  func `a second connection with the same client identifier takes over`(version: Int) async throws {
    try await run("takeover", version)
  }

  @Test(arguments: [4, 5])
  func `after UNSUBSCRIBE nothing more comes`(version: Int) async throws {
    try await run("unsubscribe", version)
  }

  @Test(arguments: [4, 5])
  func `a client has many subscriptions, up to the limit`(version: Int) async throws {
    try await run("many_subscriptions", version)
  }

  @Test(arguments: [4, 5])
  func `payloads pass up to the largest packet, and one byte more is refused`(version: Int) async throws {
    try await run("large_payloads", version)
  }

  @Test
  func `the properties of a publish arrive unchanged`() async throws { try await run("properties_end_to_end", 5) }

  @Test
  func `an expired message is not delivered, and the rest counts its time down`() async throws {
    try await run("message_expiry", 5)
  }

  @Test
  func `a session expires, and DISCONNECT can shorten it`() async throws { try await run("session_expiry", 5) }

  @Test
  func `a delayed will waits, and is not published when its client is back in time`() async throws {
    try await run("will_delay", 5)
  }

  @Test
  func `a topic alias stands for its last name, and one above the maximum is refused`() async throws {
    try await run("topic_alias", 5)
  }

  @Test
  func `a subscriber's Receive Maximum is kept, and nothing is lost by it`() async throws {
    try await run("receive_maximum", 5)
  }

  @Test
  func `no local, retain as published and retain handling do what they say`() async throws {
    try await run("subscription_options", 5)
  }

  @Test
  func `a client without an identifier gets one of its own`() async throws { try await run("assigned_identifier", 5) }

  @Test
  func `a packet larger than the client takes is left out`() async throws { try await run("maximum_packet_size", 5) }

  private func run(_ scene: String, _ version: Int) async throws {
    try await Script.scenes.run(scene, ["--port", "\(SharedBroker.current.plainPort)", "--version", "\(version)"])
  }
}
