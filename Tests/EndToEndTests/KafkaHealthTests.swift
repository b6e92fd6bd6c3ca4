import Foundation
import Testing

/// What `/readyz` and the log say of a real Apache Kafka.
@Suite(.serialized, .enabled(if: RealKafka.isAvailable))
struct KafkaHealthTests {
  @Test
  func `with advertised listeners that nobody answers at it is not ready, and says at which address`() async throws {
    let nobody = try FreePorts.take()
    let options = [
      "--set", "advertised.listeners=PLAINTEXT://127.0.0.1:\(nobody)", "--set", "auto.create.topics.enable=true",
    ]
    try await RealKafka.with(options: options) { kafka in
      for mappings in [Self.toKafka("t"), Self.fromKafka("t")] {
        let sluice = try await Self.start(kafka.bootstrapServers, mappings)
        let port = try await sluice.administrationPort()
        try await sluice.waitForLog("Kafka can't be reached")
        let readiness = try await HTTP.get(port, "/readyz")
        #expect(readiness.status == 503)
        #expect(readiness.body.contains("127.0.0.1:\(nobody)"), "\(readiness.body)")
        #expect(readiness.body.contains("advertised.listeners"), "\(readiness.body)")
        #expect(sluice.log.contains("127.0.0.1:\(nobody)") && !sluice.log.contains("Kafka can be reached"))
        let metrics = try await HTTP.get(port, "/metrics").body
        #expect(metrics.contains("sluice_kafka_reachable 0\n"))
        #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
      }
    }
  }

  @Test
  func `a topic that is missing or denied and a group that is denied are told until they are mended`() async throws {
    try await RealKafka.with(options: ["--secure"]) { kafka in
      let properties = """
          properties:
            security.protocol: sasl_ssl
            ssl.ca.location: \(kafka.certificate("ca.pem"))
            sasl.mechanism: PLAIN
            sasl.username: sluice
            sasl.password: sluice-secret
            topic.metadata.refresh.interval.ms: 500

        """
      func acl(_ arguments: String...) async throws {
        try await kafka.call("acls", ["--", "--force", "--operation", "Read"] + arguments)
      }
      try await acl("--add", "--allow-principal", "User:other", "--group", "sluice-in")
      let sluice = try await Self.start(kafka.saslServers, Self.toKafka("t") + Self.fromKafka("t"), properties)
      let port = try await sluice.administrationPort()
      try await Self.waitFor("mapping out (to_kafka) can't work: the Kafka topic t: there is no such topic", port)
      try await kafka.createTopic("t", partitions: 2)
      try await Self.waitFor(
        "mapping in (from_kafka) can't work: Kafka's rules don't let Sluice use the consumer group", port)
      try await acl("--add", "--allow-principal", "User:other", "--topic", "t")
      try await acl("--add", "--allow-principal", "User:sluice", "--group", "sluice-in")
      try await Self.waitFor("Kafka's rules don't let Sluice read the topic t", port)
      try await acl("--add", "--allow-principal", "User:sluice", "--topic", "t")
      _ = try await Waiting.until("ready", seconds: 90) {
        try await HTTP.get(port, "/readyz").status == 200 ? true : nil
      }
      let metrics = try await HTTP.get(port, "/metrics").body
      #expect(metrics.contains("sluice_kafka_partitions_assigned{mapping=\"in\"} 2\n"), "\(metrics)")
      #expect(metrics.contains("sluice_kafka_mapping_ready{mapping=\"in\",direction=\"from_kafka\"} 1\n"))
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `what appears later is read from its beginning with latest, and what expired or was made anew is told`()
    async throws
  {
    let options = ["--set", "log.retention.check.interval.ms=300", "--set", "log.initial.task.delay.ms=300"]
    try await RealKafka.with(options: options) { kafka in
      try await kafka.createTopic("old", partitions: 1)
      try await Self.write(["0", "1", "2"], to: "old", kafka)
      let properties = "  properties: { auto.offset.reset: latest, topic.metadata.refresh.interval.ms: 500 }\n"
      var sluice = try await Self.start(kafka.bootstrapServers, Self.fromKafka("^.*"), properties)
      try await sluice.waitForLog("reading from Kafka mapping=in partitions=1")
      let scenes = BridgeScenes(
        sluice: sluice, port: try await sluice.port(of: "plain"), kafka: kafka.bootstrapServers)
      let subscriber = try await scenes.subscribe("in/#", [])
      // Only what was there before is left out, and Kafka's internal topics.
      try await Self.write(["3"], to: "old", kafka)
      try await kafka.createTopic("new", partitions: 1)
      try await Self.write(["4", "5"], to: "new", kafka)
      try await subscriber.waitForOutput("in/new/1")
      #expect(subscriber.output.contains("in/old/3") && !subscriber.output.contains("in/old/0"))
      #expect(subscriber.output.contains("in/new/0") && !subscriber.output.contains("__"))
      // Made anew, with fewer records than were read before.
      try await kafka.call("topics", ["--", "--delete", "--topic", "old"])
      try await kafka.createTopic("old", partitions: 1)
      try await Self.write(["6"], to: "old", kafka)
      try await subscriber.waitForOutput("in/old/0")
      // librdkafka 2.0.2 doesn't end a client that read a topic which was deleted: a stop would wait for its deadline.
      try await sluice.kill()
      // Expired while nobody read.
      try await Self.write(["7", "8"], to: "new", kafka)
      try await Self.configure("new", "retention.ms=1", kafka)
      _ = try await Waiting.until("records expired", seconds: 60) {
        let offsets = try await kafka.call("offsets", ["--", "--topic", "new", "--time", "earliest"])
        return offsets.contains("new:0:4") ? true : nil
      }
      try await Self.configure("new", "retention.ms=600000", kafka)
      sluice = try await Self.start(kafka.bootstrapServers, Self.fromKafka("^.*"), properties)
      try await sluice.waitForLog("records from Kafka expired before they were read")
      try await sluice.waitForLog("kafka_topic=new partition=0 from_offset=2 to_offset=4")
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  // MARK: helpers

  private static func toKafka(_ topic: String) -> String {
    "to_kafka:\n  - { name: out, filter: \"out/#\", topic: \(topic) }\n"
  }

  private static func fromKafka(_ topic: String) -> String {
    "from_kafka:\n  - { name: in, topic: \"\(topic)\", publish: \"in/{topic}/{offset}\", group: sluice-in }\n"
  }

  private static func start(_ servers: String, _ mappings: String, _ properties: String = "") async throws
    -> SluiceProcess
  {
    var files = BridgeScenes.embedded
    files.sections = "kafka:\n  bootstrap_servers: [\"\(servers)\"]\n" + properties
    files.mappings = mappings
    files.hasAdministration = true
    return try await SluiceProcess.start(files)
  }

  private static func waitFor(_ words: String, _ port: UInt16) async throws {
    _ = try await Waiting.until("/readyz says \(words)", seconds: 90) {
      try await HTTP.get(port, "/readyz").body.contains(words) ? true : nil
    }
  }

  private static func write(_ values: [String], to topic: String, _ kafka: RealKafka) async throws {
    let lines = values.map { "\($0)\n" }.joined()
    try await Tool.kcat.output(["-b", kafka.bootstrapServers, "-P", "-t", topic], input: lines)
  }

  private static func configure(_ topic: String, _ setting: String, _ kafka: RealKafka) async throws {
    try await kafka.call(
      "configs", ["--", "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", setting])
  }
}
