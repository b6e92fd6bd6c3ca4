import Testing

/// What can never be written to Kafka must not stop a client of MQTT 3.x for ever.
@Suite(.broker { SluiceFiles.refusing })
struct RefusedMessageTests {
  @Test(arguments: [1, 2])
  func `a bad message ends three connections, then it is acknowledged and those behind it come`(qos: Int) async throws {
    let broker = try SharedBroker.current
    try await Script.wire.run("refused_for_good", ["--port", "\(broker.plainPort)", "--count", "\(qos)"])
    try await broker.sluice.waitForLog("a message that can never be written to Kafka was acknowledged")
    #expect(broker.sluice.log.contains("client=refused-\(qos) topic=\"made/no topic\""))
  }
}

extension SluiceFiles {
  /// Mappings whose topics a publisher can make illegal.
  fileprivate static var refusing: SluiceFiles {
    SluiceFiles(
      isAnonymousAllowed: true, hasAdministration: true,
      sections: "kafka:\n  embedded: true\n  topics: { made-good: 1 }\n", access: SluiceFiles.openAccess,
      mappings: """
        to_kafka:
          - name: made
            filter: made/{name}
            topic: "made-{name}"
          - name: untold
            filter: untold/{name}
            topic: "made-{name}"
            permanent_refusal_3x: acknowledge

        """)
  }
}
