import Testing

/// Records of any bytes from Kafka, read by a decoder that knows the specification and nothing of Sluice.
struct OddRecordTests {
  @Test
  func `nothing from Kafka becomes bytes that break MQTT`() async throws {
    var files = SluiceFiles(
      isAnonymousAllowed: true, sections: "kafka:\n  embedded: true\n  topics: { odd: 1 }\n",
      access: SluiceFiles.openAccess,
      mappings: """
        from_kafka:
          - { name: odd, topic: odd, publish: "o/{key...}", qos: 1, retain: true }

        """)
    files.hasAdministration = true
    let sluice = try await SluiceProcess.start(files)
    try await sluice.waitForLog("reading from Kafka mapping=odd")
    let output = try await Script.records.run(
      "odd_records",
      [
        "--port", "\(sluice.port(of: "plain"))", "--kafka", "\(sluice.embeddedKafka())", "--count", "2000",
      ])
    let skipped = output.split(separator: "\n").first { $0.hasPrefix("skipped ") }?.dropFirst("skipped ".count) ?? "?"
    let metrics = try await HTTP.get(try await sluice.administrationPort(), "/metrics").body
    let labels = "{mapping=\"odd\",direction=\"from_kafka\"}"
    #expect(metrics.contains("sluice_bridge_refused_total\(labels) \(skipped)\n"), "\(output)\(metrics)")
    #expect(metrics.contains("sluice_bridge_imbalance\(labels) 0\n"))
    #expect(!metrics.contains("sluice_bridge_headers_left_out_total\(labels) 0\n"))
    #expect(sluice.log.contains("headers of a record from Kafka were left out"))
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
  }
}
