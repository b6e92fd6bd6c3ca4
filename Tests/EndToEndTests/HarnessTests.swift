import Foundation
import Testing

/// The harness itself: a test that trusts it must not hang, nor leave anything behind.
struct HarnessTests {
  @Test
  func `the program under test lies beside the tests`() {
    #expect(FileManager.default.isExecutableFile(atPath: SluiceBinary.path))
  }

  @Test
  func `a tool gets its input and gives its output, errors and code`() async throws {
    let outcome = try await Tool.sh.run(["-c", "cat; echo no >&2; exit 3"], input: "some\ntext\n")
    #expect(outcome.output == "some\ntext\n")
    #expect(outcome.errors == "no\n")
    #expect(outcome.status == .code(3))
  }

  @Test
  func `a process starts in the folder that it is given, and inherits no descriptor`() async throws {
    let folder = try TemporaryFolder()
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    let process = try ChildProcess("/bin/sh", ["-c", "pwd -P; ls -l /proc/self/fd"], directory: folder.path)
    #expect(try await process.wait(seconds: 60) == .code(0))
    #expect(process.output.hasPrefix(folder.path + "\n"))
    #expect(!process.output.contains("socket:"))
  }

  @Test
  func `a tool that fails says why`() async throws {
    let failure = await #expect(throws: HarnessFailure.self) {
      try await Tool.sh.output(["-c", "echo the reason >&2; exit 1"])
    }
    #expect(failure?.description.contains("the reason") == true)
  }

  @Test
  func `a tool that never ends is given up at the deadline and killed`() async throws {
    let process = try Tool.sh.start(["-c", "echo started; exec sleep 1000"])
    try await process.waitForOutput("started")
    let failure = await #expect(throws: HarnessFailure.self) { try await process.wait(seconds: 0.05) }
    #expect(failure?.description.contains("started") == true)
    #expect(try await process.stop() == .signal(SIGTERM))
  }

  @Test
  func `a process that ignores SIGTERM is killed`() async throws {
    let process = try Tool.sh.start(["-c", "trap '' TERM; echo started; while :; do sleep 1000 & wait $!; done"])
    try await process.waitForOutput("started")
    #expect(try await process.stop(seconds: 0.2) == .signal(SIGKILL))
  }

  @Test
  func `waiting for words ends when the process does`() async throws {
    let process = try Tool.sh.start(["-c", "echo something else"])
    let failure = await #expect(throws: HarnessFailure.self) { try await process.waitForOutput("never said") }
    #expect(failure?.description.contains("it ended before") == true)
  }

  @Test
  func `a process does not outlive its last reference`() async throws {
    var process: ChildProcess? = try Tool.sh.start(["-c", "exec sleep 1000"])
    let identifier = try #require(process?.identifier)
    #expect(kill(identifier, 0) == 0)
    process = nil
    #expect(kill(identifier, 0) == -1)
  }

  @Test
  func `no port is given twice`() throws {
    let ports = try (0..<50).flatMap { _ in
      let first = try FreePorts.take(5)
      return [try FreePorts.take()] + (first..<first + 5)
    }
    #expect(Set(ports).count == ports.count)
  }

  @Test
  func `a temporary folder goes with its last reference`() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = try #require(try folder?.write("x", to: "deep/file"))
    #expect(FileManager.default.fileExists(atPath: path))
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test
  func `the configuration for a test is laid out as YAML wants it`() throws {
    let certificates = DevelopmentCertificates(folder: try TemporaryFolder())
    let files = SluiceFiles(certificates: certificates, sections: "kafka: { embedded: true }").text
    let lines = try #require(files["sluice.yaml"]).split(separator: "\n").map(String.init)
    #expect(
      lines.filter { !$0.hasPrefix(" ") }.compactMap { $0.split(separator: ":").first } == [
        "listeners", "authentication", "administration", "shards", "kafka",
      ])
    #expect(lines.contains("      client_ca: \(certificates.authority)"))
  }

  @Test(.enabled(if: RealKafka.isAvailable))
  func `a real Kafka takes a record from kcat and gives it back`() async throws {
    let record = try await RealKafka.with { kafka in
      try await kafka.createTopic("lines", partitions: 2)
      let broker = ["-b", kafka.bootstrapServers, "-t", "lines"]
      try await Tool.kcat.output(["-P", "-K", ":"] + broker, input: "device-1:21.5\n")
      return try await Tool.kcat.output(["-C", "-o", "beginning", "-e", "-q", "-f", "%k %s"] + broker)
    }
    #expect(record == "device-1 21.5")
  }
}
