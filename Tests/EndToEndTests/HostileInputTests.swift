import Testing

/// Bytes and scenes that have broken brokers. After each one the process lives and serves a new client; that its memory
/// is near where it was is asked where it could grow.
@Suite(
  .serialized,
  .broker {
    SluiceFiles(
      isAnonymousAllowed: true,
      sections: """
        limits:
          connect_timeout_seconds: 2
          handshake_timeout_seconds: 2
          receive_maximum: 100
          retained_messages_max: 200
        """,
      access: SluiceFiles.openAccess)
  })
struct HostileInputTests {
  @Test
  func `who does not begin with CONNECT gets no answer`() async throws { try await run("first_packet_is_not_connect") }

  @Test
  func `every malformed CONNECT is closed`() async throws { try await run("malformed_connect") }

  @Test
  func `malformed CONNECTs by the thousands leave nothing behind`() async throws {
    try await run("malformed_connects_by_thousands", count: 10_000)
  }

  @Test
  func `a declared length costs nothing, and a CONNECT that drips is closed`() async throws {
    try await run("oversized_and_dripping")
  }

  @Test
  func `sockets that say nothing are closed, and others are served meanwhile`() async throws {
    try await run("silence")
  }

  @Test
  func `malformed and misplaced packets after CONNECT close that connection alone`() async throws {
    try await run("after_connect")
  }

  @Test
  func `packets with bits turned over harm nobody else`() async throws { try await run("random_bytes", count: 2000) }

  @Test
  func `packets may come in pieces of any size`() async throws { try await run("split_everywhere") }

  @Test
  func `topics of 65500 levels are refused`() async throws { try await run("deep_topics") }

  @Test
  func `a will on a topic of the server's own is refused`() async throws { try await run("wills_are_judged") }

  @Test
  func `thousands of user properties cost what their bytes cost`() async throws {
    try await run("thousands_of_properties")
  }

  @Test
  func `ten thousand filters in one packet are refused`() async throws { try await run("thousands_of_filters") }

  @Test
  func `QoS 2 without release is bounded by Receive Maximum, and before 5_0 by the packet identifiers`() async throws {
    try await run("exactly_once_without_end")
  }

  @Test
  func `a storm of reconnects with one client identifier leaves its session whole`() async throws {
    try await run("reconnect_storm", count: 2000)
  }

  @Test
  func `who loses its session to another connection is told so`() async throws {
    try await run("takeover_is_explained")
  }

  @Test
  func `retained wills count against the limit of retained messages`() async throws { try await run("retained_wills") }

  @Test
  func `a subscriber that does not read costs a bounded amount`() async throws { try await run("slow_reader") }

  @Test
  func `keep alive ends silent clients and no others`() async throws { try await run("keep_alive") }

  @Test
  func `connections and sessions are limited`() async throws {
    let files = SluiceFiles(
      isAnonymousAllowed: true, sections: "limits: { connections_max: 20, sessions_max: 30 }",
      access: SluiceFiles.openAccess)
    let sluice = try await SluiceProcess.start(files)
    try await Script.wire.run("connections_are_counted", ["--port", "\(sluice.port(of: "plain"))"])
    #expect(try await sluice.stop() == .code(0))
  }

  private func run(_ scene: String, count: Int = 1000) async throws {
    let broker = try SharedBroker.current
    try await Script.wire.run(
      scene, ["--port", "\(broker.plainPort)", "--pid", "\(broker.sluice.identifier)", "--count", "\(count)"])
  }
}
