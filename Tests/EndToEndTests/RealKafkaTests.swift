import Foundation
import Testing

/// The bridge with a real Apache Kafka: the same scenes, and what only a real one can show.
@Suite(.serialized, .enabled(if: RealKafka.isAvailable))
struct RealKafkaTests {
  @Test
  func `the bridge's scenes hold with Apache Kafka`() async throws {
    try await RealKafka.with { kafka in
      for (topic, partitions) in BridgeScenes.topics { try await kafka.createTopic(topic, partitions: partitions) }
      let sluice = try await SluiceProcess.start(Self.files(kafka.bootstrapServers))
      let scenes = BridgeScenes(
        sluice: sluice, port: try await sluice.port(of: "plain"), kafka: kafka.bootstrapServers)
      try await sluice.waitForLog("reading from Kafka mapping=commands")
      try await sluice.waitForLog("reading from Kafka mapping=loop-in")
      try await scenes.recordAsMapped()
      try await scenes.headerSets()
      try await scenes.acknowledgedIsThere(qos: 1)
      try await scenes.acknowledgedIsThere(qos: 2)
      try await scenes.order()
      try await scenes.partitions()
      try await scenes.fromKafka()
      try await scenes.strangeRecords()
      try await scenes.loopGuard()
      try await scenes.receipt()
      try await scenes.will()
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `with Kafka away at start publishes wait, and are acknowledged when it comes`() async throws {
    let port = try FreePorts.take(RealKafka.portsPerNode)
    let sluice = try await SluiceProcess.start(Self.files("127.0.0.1:\(port)"))
    let scenes = BridgeScenes(
      sluice: sluice, port: try await sluice.port(of: "plain"), kafka: "127.0.0.1:\(port)")
    try await sluice.waitForLog("Kafka can't be reached")
    let waiting = try Tool.mosquittoPub.start(
      ["-h", "127.0.0.1", "-p", "\(scenes.port)", "-i", "waits", "-q", "1", "-t", "bare/early", "-m", "early"])
    // What has nothing to do with Kafka goes on meanwhile.
    let subscriber = try await scenes.subscribe("local", ["-C", "1"])
    try await scenes.publish("local", "works")
    try await subscriber.waitForEnd()
    #expect(waiting.exitStatus == nil, "acknowledged without Kafka: \(waiting.report)")
    try await RealKafka.with(RealKafka.start(port: port)) { kafka in
      try await kafka.createTopic("bare", partitions: 1)
      #expect(try await waiting.wait(seconds: 60) == .code(0), "\(waiting.report)\n\(sluice.report)")
      #expect(try await scenes.records(of: "bare").map { $0.split(separator: "|").last ?? "" } == ["early"])
      try await sluice.waitForLog("Kafka can be reached")
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `every acknowledged message is in Kafka, whatever is killed`() async throws {
    try await RealKafka.with { kafka in
      try await kafka.createTopic("flood", partitions: 4)
      let folder = try TemporaryFolder()
      var sluice = try await Self.startForFlood(kafka, folder)
      let publisher = try Script.publisher.start("flood", ["--port", "0", "--folder", folder.path])
      try await Self.waitForMore(publisher, "at first")
      for round in 1...3 {
        try await sluice.kill()
        sluice = try await Self.startForFlood(kafka, folder)
        try await Self.waitForMore(publisher, "after sluice was killed, \(round)")
      }
      try await kafka.call("kill")
      try await kafka.call("restart")
      try await Self.waitForMore(publisher, "after Kafka was killed")
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
      sluice = try await Self.startForFlood(kafka, folder)
      try await Self.waitForMore(publisher, "after sluice was stopped")
      try folder.write("", to: "stop")
      #expect(try await publisher.wait(seconds: 60) == .code(0), "\(publisher.report)")
      let acknowledged = try String(contentsOfFile: folder.file("acknowledged"), encoding: .utf8).split(separator: "\n")
      let scenes = BridgeScenes(sluice: sluice, port: 0, kafka: kafka.bootstrapServers)
      let stored = Set(try await scenes.records(of: "flood").map { $0.split(separator: "|").last ?? "" })
      let lost = acknowledged.filter { !stored.contains($0) }
      #expect(acknowledged.count > 1000)
      #expect(lost.isEmpty, "\(lost.count) of \(acknowledged.count) are lost, such as \(lost.prefix(5))")
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `offsets are committed up to the first record that is not acknowledged`() async throws {
    try await RealKafka.with { kafka in
      try await kafka.createTopic("held", partitions: 1)
      let sluice = try await SluiceProcess.start(Self.filesForHeld(kafka))
      try await sluice.waitForLog("reading from Kafka mapping=held")
      let holder = try await Script.publisher.start("hold", ["--port", "\(sluice.port(of: "plain"))"])
      try await holder.waitForOutput("subscribed")
      let lines = (0..<10).map { "\($0)\n" }.joined()
      try await Tool.kcat.output(["-b", kafka.bootstrapServers, "-P", "-t", "held", "-k", "k"], input: lines)
      try await holder.waitForOutput("holds")
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
      #expect(try await Self.committed(kafka) == "5", "five of ten were acknowledged")

      let second = try await SluiceProcess.start(Self.filesForHeld(kafka))
      // Whoever comes later finds the retained one that was sent again last.
      try await second.waitForLog("reading from Kafka mapping=held")
      _ = try await Waiting.until("the rest is done", seconds: 60) {
        let port = try await second.port(of: "plain")
        let outcome = try await Tool.mosquittoSub.run(
          ["-h", "127.0.0.1", "-p", "\(port)", "-t", "held/k", "-C", "1", "-W", "2", "-F", "%p"])
        return outcome.output == "9\n" ? true : nil
      }
      #expect(try await second.stop() == .code(0), "\(second.report)")
      #expect(try await Self.committed(kafka) == "10")
    }
  }

  @Test
  func `records flow again at once after five kills in a row`() async throws {
    // Kafka's own default: a group that was left waits so long for members.
    try await RealKafka.with(options: ["--set", "group.initial.rebalance.delay.ms=3000"]) { kafka in
      try await kafka.createTopic("held", partitions: 4)
      let files = Self.filesForHeld(kafka, group: nil)
      var sluice = try await SluiceProcess.start(files)
      try await sluice.waitForLog("reading from Kafka mapping=held")
      for round in 1...5 {
        try await sluice.kill()
        sluice = try await SluiceProcess.start(files)
        // Some are killed while they join, some afterwards.
        if round % 2 == 0 { try await sluice.waitForLog("reading from Kafka mapping=held") }
      }
      let scenes = BridgeScenes(
        sluice: sluice, port: try await sluice.port(of: "plain"), kafka: kafka.bootstrapServers)
      let subscriber = try await scenes.subscribe("held/#", ["-C", "4"])
      for partition in 0..<4 { try await scenes.produce("held", "x", ["-p", "\(partition)", "-k", "\(partition)"]) }
      // Far less than the 45 s for which a dead member's partitions would rest.
      try await subscriber.waitForEnd(seconds: 15)
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }

  @Test
  func `Kafka is reached with SASL and with mutual TLS, and SCRAM's limit is told`() async throws {
    try await RealKafka.with(options: ["--secure"]) { kafka in
      try await kafka.createTopic("bare", partitions: 1)
      let authority = "    ssl.ca.location: \(kafka.certificate("ca.pem"))\n"
      let plain = "    security.protocol: sasl_ssl\n    sasl.mechanism: PLAIN\n    sasl.username: sluice\n"
      try await Self.passes(
        "by password", kafka, Self.files(kafka.saslServers, authority + plain + "    sasl.password: sluice-secret\n"))
      let client =
        "    security.protocol: ssl\n    ssl.certificate.location: \(kafka.certificate("client.pem"))\n"
        + "    ssl.key.location: \(kafka.certificate("client.key"))\n"
      try await Self.passes("by certificate", kafka, Self.files(kafka.mutualTLSServers, authority + client))

      let wrong = try await SluiceProcess.start(
        Self.files(kafka.saslServers, authority + plain + "    sasl.password: not-the-secret\n"))
      try await wrong.waitForLog("Kafka can't be reached")
      try await wrong.waitForLog("uthentication failed")
      #expect(!wrong.log.contains("not-the-secret"))
      #expect(try await wrong.stop() == .code(0))

      try await Self.tellsWhatIsSpoken(
        kafka, authority: authority, password: plain + "    sasl.password: sluice-secret\n")

      let scram = plain.replacing("PLAIN", with: "SCRAM-SHA-256") + "    sasl.password: sluice-secret\n"
      let folder = try TemporaryFolder()
      for (name, text) in Self.files(kafka.saslServers, authority + scram).text { try folder.write(text, to: name) }
      let outcome = try await SluiceBinary.run(["check", "--config", folder.file("sluice.yaml")])
      let version = try await SluiceBinary.run(["version"]).output
      if version.contains("librdkafka 2.0.2") {
        #expect(outcome.errors.contains("SCRAM") && outcome.errors.contains("2.6.1"), "\(outcome)")
      }
    }
  }

  /// Whether log and readiness say what a port speaks where it is not what the configuration says.
  private static func tellsWhatIsSpoken(_ kafka: RealKafka, authority: String, password: String) async throws {
    for (server, properties, words) in [
      (kafka.saslServers, "    security.protocol: plaintext\n", "seems to speak TLS"),
      (kafka.bootstrapServers, authority + "    security.protocol: ssl\n", "does not seem to speak TLS"),
      (kafka.saslServers, authority + "    security.protocol: ssl\n", "seems to want SASL"),
      (
        kafka.bootstrapServers,
        password.replacing("sasl_ssl", with: "sasl_plaintext"), "wants no SASL"
      ),
      (kafka.mutualTLSServers, authority + "    security.protocol: ssl\n", "wants a certificate of its clients"),
    ] {
      var files = Self.files(server, properties)
      files.hasAdministration = true
      let sluice = try await SluiceProcess.start(files)
      try await sluice.waitForLog("the server at \(server) \(words)")
      let page = try await HTTP.get(try await sluice.administrationPort(), "/readyz")
      #expect(page.status == 503 && page.body.contains(words), "\(page)")
      #expect(try await sluice.stop() == .code(0))
    }
  }

  // MARK: configurations

  private static func files(_ servers: String, _ properties: String = "") -> SluiceFiles {
    var files = BridgeScenes.embedded
    files.sections = "kafka:\n  bootstrap_servers: [\"\(servers)\"]\n"
    if !properties.isEmpty {
      files.sections += "  properties:\n" + properties
      // Only one direction: the topics of the others are not there.
      files.mappings = files.mappings.components(separatedBy: "from_kafka:")[0]
    }
    return files
  }

  private static func startForFlood(_ kafka: RealKafka, _ folder: TemporaryFolder) async throws -> SluiceProcess {
    var files = files(kafka.bootstrapServers)
    files.mappings = "to_kafka:\n  - { name: flood, filter: \"flood/{device}\", topic: flood, key: \"{device}\" }\n"
    let sluice = try await SluiceProcess.start(files)
    try folder.write("\(try await sluice.port(of: "plain"))", to: "port")
    return sluice
  }

  private static func filesForHeld(_ kafka: RealKafka, group: String? = "sluice-held") -> SluiceFiles {
    var files = files(kafka.bootstrapServers)
    let more = group.map { ", group: \($0)" } ?? ""
    files.mappings = """
      from_kafka:
        - { name: held, topic: held, publish: "held/{key}", qos: 1, retain: true\(more) }

      """
    return files
  }

  /// The committed offset of the group `sluice-held`.
  private static func committed(_ kafka: RealKafka) async throws -> String? {
    let table = try await kafka.call("groups", ["--", "--describe", "--group", "sluice-held"])
    let line = table.split(separator: "\n").first { $0.contains(" held ") }
    // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG ...
    return line?.split(separator: " ").dropFirst(3).first.map(String.init)
  }

  private static func waitForMore(_ publisher: ChildProcess, _ what: String) async throws {
    let before = acknowledged(publisher)
    _ = try await Waiting.until("more acknowledgements \(what)", seconds: 90) {
      guard publisher.exitStatus == nil else { throw HarnessFailure(publisher.report) }
      return acknowledged(publisher) >= before + 2000 ? true : nil
    }
  }

  /// How many the publisher told of, at last.
  private static func acknowledged(_ publisher: ChildProcess) -> Int {
    publisher.output.split(separator: "\n").last?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  private static func passes(_ payload: String, _ kafka: RealKafka, _ files: SluiceFiles) async throws {
    let sluice = try await SluiceProcess.start(files)
    let scenes = BridgeScenes(
      sluice: sluice, port: try await sluice.port(of: "plain"), kafka: kafka.bootstrapServers)
    try await scenes.publish("bare/secure", payload)
    #expect(try await scenes.records(of: "bare").contains { $0.hasSuffix("|\(payload)") })
    #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
  }
}
