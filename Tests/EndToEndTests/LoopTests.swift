import Testing

/// Records that come back, and messages that go round in circles.
struct LoopTests {
  @Test
  func `two Sluices with two topics crosswise pass a message round only so often`() async throws {
    var files = Self.files(
      instance: "left", "x", writes: "a", reads: "b",
      "  embedded: true\n  topics: { a: 1, b: 1 }\n")
    files.hasAdministration = true
    let left = try await SluiceProcess.start(files)
    let kafka = try await left.embeddedKafka()
    let right = try await SluiceProcess.start(
      Self.files(
        instance: "right", "y", writes: "b", reads: "a", "  bootstrap_servers: [\"\(kafka)\"]\n  hops_max: 4\n"))
    try await left.waitForLog("reading from Kafka mapping=in")
    try await right.waitForLog("reading from Kafka mapping=in")
    let scenes = BridgeScenes(sluice: left, port: try await left.port(of: "plain"), kafka: kafka)
    let subscriber = try await scenes.subscribe("x/#", ["-C", "3"])
    try await scenes.publish("x/1", "round", ["-D", "publish", "user-property", "sluice.hops", "-7"])
    // To the left Sluice's own clients it came back each time: from MQTT, and by two rounds.
    try await subscriber.waitForEnd()
    try await right.waitForLog("it goes in a circle between Kafka topics and MQTT topics")
    #expect(right.log.contains("kafka_topic=b hops=4 topic=y/1"), "\(right.log)")
    // What ended it was left out, so nothing that would go on can still be on its way.
    let hops = try await (scenes.records(of: "a"), scenes.records(of: "b"))
    #expect(hops.0.count == 3 && hops.1.count == 2, "\(hops)")
    #expect(hops.1.last?.contains("sluice.hops=3") == true && hops.0.last?.contains("sluice.hops=4") == true, "\(hops)")
    let metrics = try await HTTP.get(try await left.administrationPort(), "/metrics").body
    #expect(metrics.contains("sluice_bridge_looped_total{mapping=\"out\",direction=\"to_kafka\",reason=\"hops\"} 0"))
    #expect(try await right.stop() == .code(0), "\(right.report)")
    #expect(try await left.stop() == .code(0), "\(left.report)")
  }

  @Test
  func `an echo is left out and told, and what a stream processor made of it is not`() async throws {
    var files = SluiceFiles(
      isAnonymousAllowed: true, sections: "kafka:\n  embedded: true\n  topics: { readings: 1, alerts: 1 }\n",
      access: SluiceFiles.openAccess,
      mappings: """
        to_kafka:
          - { name: readings-out, filter: "readings/{device}", topic: readings, key: "{device}" }
        from_kafka:
          - { name: readings-in, topic: readings, publish: "readings/{key}" }
          - { name: alerts, topic: alerts, publish: "alerts/{key}" }

        """)
    files.hasAdministration = true
    let sluice = try await SluiceProcess.start(files)
    let scenes = BridgeScenes(
      sluice: sluice, port: try await sluice.port(of: "plain"), kafka: try await sluice.embeddedKafka())
    try await sluice.waitForLog("reading from Kafka mapping=readings-in")
    try await sluice.waitForLog("reading from Kafka mapping=alerts")
    let subscriber = try await scenes.subscribe("alerts/#", ["-C", "1"])
    try await scenes.publish("readings/7", "80 degrees")
    try await sluice.waitForLog("the loop guard left out a record that this Sluice wrote")
    let reading = try #require(try await scenes.records(of: "readings").first)
    let headers = reading.split(separator: "|")[2].split(separator: ",").flatMap { ["-H", String($0)] }
    #expect(headers.contains("sluice.origin=sluice/readings"), "\(headers)")
    try await scenes.produce("alerts", "too hot", ["-k", "7"] + headers)
    try await subscriber.waitForEnd()
    #expect(subscriber.output.contains("got alerts/7 1 0 too hot"))
    let metrics = try await HTTP.get(try await sluice.administrationPort(), "/metrics").body
    for (mapping, count) in [("readings-in", 1), ("alerts", 0)] {
      let labels = "{mapping=\"\(mapping)\",direction=\"from_kafka\",reason=\"echo\"}"
      #expect(metrics.contains("sluice_bridge_looped_total\(labels) \(count)\n"), "\(metrics)")
    }
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
  }

  private static func files(
    instance: String, _ top: String, writes: String, reads: String, _ kafka: String
  ) -> SluiceFiles {
    SluiceFiles(
      isAnonymousAllowed: true, sections: "kafka:\n\(kafka)  instance: \(instance)\n", access: SluiceFiles.openAccess,
      mappings: """
        to_kafka:
          - { name: out, filter: "\(top)/{device}", topic: \(writes), key: "{device}", header_set: none }
        from_kafka:
          - { name: in, topic: \(reads), publish: "\(top)/{key}" }

        """)
  }
}
