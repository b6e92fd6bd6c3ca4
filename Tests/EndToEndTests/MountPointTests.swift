import Testing

/// Listeners whose clients live below topic levels of their own, with Mosquitto's clients.
@Suite(
  .serialized,
  .broker {
    SluiceFiles(
      isAnonymousAllowed: true,
      moreListeners: """
          - name: seven
            protocol: mqtt
            bind: 127.0.0.1:0
            mount_point: plants/7
          - name: eight
            protocol: mqtt
            bind: 127.0.0.1:0
            mount_point: plants/8

        """,
      moreListenerNames: ["seven", "eight"],
      access: """
        rules:
          - everyone: true
            allow: { publish: ["plants/#"], subscribe: ["#"] }
            deny: { publish: ["plants/7/locked"] }

        """)
  })
struct MountPointTests {
  private static func arguments(_ listener: String) async throws -> [String] {
    ["-h", "127.0.0.1", "-p", "\(try await SharedBroker.current.sluice.port(of: listener))", "-V", "5"]
  }

  @Test(arguments: [0, 1, 2])
  func `devices of two mount points use the same names and don't meet`(qos: Int) async throws {
    let topic = "devices/1/\(qos)"
    let seen = ["-q", "\(qos)", "-C", "1", "-F", "%t %p", "-t"]
    // Two clients of one identifier, and one that sees all.
    let seven = try await Mosquitto.subscribe(try await Self.arguments("seven") + ["-i", "same"] + seen + ["#"])
    let eight = try await Mosquitto.subscribe(try await Self.arguments("eight") + ["-i", "same"] + seen + ["#"])
    let all = try await Mosquitto.subscribe(
      try await Self.arguments("plain") + ["-i", "all", "-q", "\(qos)", "-C", "2", "-F", "%t %p", "-t", "#"])
    for listener in ["seven", "eight"] {
      try await Tool.mosquittoPub.output(
        try await Self.arguments(listener) + ["-q", "\(qos)", "-t", topic, "-m", listener])
    }
    for (subscriber, lines) in [
      (seven, ["\(topic) seven"]), (eight, ["\(topic) eight"]),
      (all, ["plants/7/\(topic) seven", "plants/8/\(topic) eight"]),
    ] {
      #expect(try await subscriber.wait(seconds: 60) == .code(0), "\(subscriber.report)")
      for line in lines { #expect(subscriber.output.contains("\n\(line)\n"), "\(subscriber.output)") }
    }
  }

  @Test
  func `rules speak of the whole names`() async throws {
    let refused = try await Tool.mosquittoPub.run(
      try await Self.arguments("seven") + ["-q", "1", "-t", "locked", "-m", "x"])
    #expect((refused.output + refused.errors).contains("Not authorized"), "\(refused)")
    try await Tool.mosquittoPub.output(try await Self.arguments("eight") + ["-q", "1", "-t", "locked", "-m", "x"])
  }
}
