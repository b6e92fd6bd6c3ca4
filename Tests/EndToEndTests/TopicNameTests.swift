import Testing

/// Names of Kafka topics that clients make up.
@Suite(.serialized, .enabled(if: RealKafka.isAvailable))
struct TopicNameTests {
  @Test
  func `a client that makes names up is refused, and topics that exist take what comes for them`() async throws {
    try await RealKafka.with(options: ["--set", "auto.create.topics.enable=false"]) { kafka in
      try await kafka.createTopic("tt-real", partitions: 1)
      var files = SluiceFiles(
        isAnonymousAllowed: true, sections: "kafka:\n  bootstrap_servers: [\"\(kafka.bootstrapServers)\"]\n",
        access: SluiceFiles.openAccess,
        mappings: "to_kafka:\n  - { name: made, filter: \"made/{x}\", topic: \"tt-{x}\", key: \"{x}\" }\n")
      files.hasAdministration = true
      let sluice = try await SluiceProcess.start(files)
      try await Script.records.run(
        "names_made_up", ["--port", "\(sluice.port(of: "plain"))", "--count", "2500"])
      #expect(sluice.log.contains("new Kafka topics") && sluice.log.contains("create the Kafka topic"))
      #expect(sluice.log.contains("kafka_topic=tt-made-"), "the name as it is")
      // One that comes later is found without a restart.
      try await kafka.createTopic("tt-made-1", partitions: 1)
      try await Script.records.run("name_comes_late", ["--port", "\(sluice.port(of: "plain"))"])
      let metrics = try await HTTP.get(try await sluice.administrationPort(), "/metrics").body
      #expect(metrics.contains("sluice_bridge_imbalance{mapping=\"made\",direction=\"to_kafka\"} 0\n"))
      #expect(metrics.contains("sluice_bridge_open{mapping=\"made\",direction=\"to_kafka\"} 0\n"))
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }
}
