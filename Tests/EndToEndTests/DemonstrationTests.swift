import Glibc
import Testing

/// What `make run` starts: `sluice demonstration`, with development certificates and an embedded Kafka.
@Suite(.serialized)
struct DemonstrationTests {
  private static let mappings = """
    to_kafka:
      - { name: telemetry, filter: "plants/{plant}/devices/{device}/telemetry/#", topic: telemetry, key: "{device}" }
    from_kafka:
      - { name: commands, topic: device-commands, publish: "plants/{header:plant}/devices/{key}/commands" }

    """

  @Test(arguments: ["1. device-1 publishes", "2. The record", "   (waits)", "echo -n 'open valve 7'", "Ctrl-C ends it"])
  func `it shows a message each way, and SIGINT ends it cleanly at any step`(step: String) async throws {
    let files = SluiceFiles(
      certificates: try await DevelopmentCertificates.make(),
      sections: "kafka: { embedded: true, topics: { telemetry: 1, device-commands: 1 } }\n",
      access: SluiceFiles.openAccess, mappings: Self.mappings)
    let folder = try TemporaryFolder()
    for (name, text) in files.text { try folder.write(text, to: name) }
    let sluice = try ChildProcess(SluiceBinary.path, ["demonstration", "--config", folder.file("sluice.yaml")])
    try await sluice.waitForOutput(step)
    sluice.send(signal: SIGINT)
    #expect(try await sluice.wait(seconds: 60) == .code(0), "\(sluice.report)")
    #expect(sluice.errors.contains("sluice has stopped"))
    #expect(!sluice.errors.contains("sluice demonstration:"), "\(sluice.errors)")
    if step == "Ctrl-C ends it" {
      #expect(sluice.output.contains("key device-1"), "\(sluice.output)")
      #expect(sluice.output.contains("plants/7/devices/device-1/commands: open valve 7"), "\(sluice.output)")
    }
  }

  @Test
  func `signals that mean nothing to it don't end it at any step`() async throws {
    let files = SluiceFiles(
      certificates: try await DevelopmentCertificates.make(),
      sections: "kafka: { embedded: true, topics: { telemetry: 1, device-commands: 1 } }\n",
      access: SluiceFiles.openAccess, mappings: Self.mappings)
    let folder = try TemporaryFolder()
    for (name, text) in files.text { try folder.write(text, to: name) }
    let sluice = try ChildProcess(SluiceBinary.path, ["demonstration", "--config", folder.file("sluice.yaml")])
    for step in ["1. device-1 publishes", "2. The record", "   (waits)", "echo -n 'open valve 7'", "Ctrl-C ends it"] {
      try await sluice.waitForOutput(step)
      for signal in [SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGIO, SIGPROF] { sluice.send(signal: signal) }
    }
    sluice.send(signal: SIGINT)
    #expect(try await sluice.wait(seconds: 60) == .code(0), "\(sluice.report)")
    #expect(sluice.output.contains("plants/7/devices/device-1/commands: open valve 7"), "\(sluice.output)")
  }
}
