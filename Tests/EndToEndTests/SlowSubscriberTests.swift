import Foundation
import Testing

/// One slow subscriber must not hold everybody's records.
@Suite(.serialized, .enabled(if: RealKafka.isAvailable))
struct SlowSubscriberTests {
  @Test
  func `with Apache Kafka others get all at once, whatever the slow ones do`() async throws {
    try await RealKafka.with { kafka in
      try await kafka.createTopic("slow", partitions: 1)
      var files = SluiceFiles(isAnonymousAllowed: true, hasAdministration: true, access: SluiceFiles.openAccess)
      files.sections = "kafka:\n  bootstrap_servers: [\"\(kafka.bootstrapServers)\"]\n"
      files.mappings = "from_kafka:\n  - { name: slow, topic: slow, publish: \"s/{key}\", qos: 2 }\n"
      let sluice = try await SluiceProcess.start(files)
      try await sluice.waitForLog("reading from Kafka mapping=slow")
      let arguments = ["--port", "\(try await sluice.port(of: "plain"))", "--kafka", kafka.bootstrapServers, "--count"]
      try await Script.slow.run("one_acknowledges_seldom", arguments + ["1"])
      try await sluice.waitForLog("records of Kafka no longer wait for a slow subscriber")
      #expect(sluice.log.contains("client=slow"), "\(sluice.log)")
      try await Script.slow.run("several_are_slow", arguments + ["2"])
      try await Script.slow.run("own_topics", arguments + ["1"])
      try await Script.slow.run("share_group", arguments + ["1"])
      #expect(try await sluice.stop() == .code(0), "\(sluice.report)")
    }
  }
}
