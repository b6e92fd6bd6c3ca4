import Foundation

/// A real Apache Kafka on loopback for one test, run by the script that SLUICE_TEST_KAFKA names.
struct RealKafka: Sendable {
  private static let script = ProcessInfo.processInfo.environment["SLUICE_TEST_KAFKA"]
  private static let commandSecondsMax = 120.0
  private static let attemptsMax = 3

  /// What the script takes for a node, from the first on: for clients, for the controller, and three with `--secure`.
  static let portsPerNode = 5

  /// For `.enabled(if:)`: whether there is such a script.
  static var isAvailable: Bool { script.map { FileManager.default.isExecutableFile(atPath: $0) } ?? false }

  private let folder: TemporaryFolder
  private let port: UInt16

  var bootstrapServers: String { "127.0.0.1:\(port)" }

  /// The listeners of a node that was started with `--secure`.
  var saslServers: String { "127.0.0.1:\(port + 2)" }
  var mutualTLSServers: String { "127.0.0.1:\(port + 3)" }

  /// A file of its certificates, made by `--secure`.
  func certificate(_ name: String) -> String { folder.file("kafka/pki/\(name)") }

  /// Starts a node, gives it to `body`, and removes it with its data whatever happens.
  static func with<Value>(
    options: [String] = [], _ body: (RealKafka) async throws -> Value
  ) async throws -> Value {
    try await with(start(options), body)
  }

  /// The same for a node that was started already.
  static func with<Value>(
    _ kafka: RealKafka, _ body: (RealKafka) async throws -> Value
  ) async throws -> Value {
    do {
      let value = try await body(kafka)
      try await kafka.call("wipe")
      return value
    } catch {
      _ = try? await kafka.call("wipe")
      throw error
    }
  }

  func createTopic(_ name: String, partitions: Int) async throws {
    try await call("topics", ["--", "--create", "--topic", name, "--partitions", "\(partitions)"])
  }

  /// One of the script's commands on this node: `kill`, `pause`, `resume`, `restart`, `topics`, ...
  @discardableResult
  func call(_ command: String, _ arguments: [String] = []) async throws -> String {
    let outcome = try await Self.run([command, "--dir", folder.file("kafka")] + arguments)
    guard outcome.isSuccess else { throw HarnessFailure("kafka \(command): \(outcome.output)\n\(outcome.errors)") }
    return outcome.output
  }

  /// Starts a node; who calls this hands it to `with`, which removes it.
  ///
  /// - Parameter port: The first of its ports, where they must be certain ones: of `portsPerNode` in a row.
  static func start(_ options: [String] = [], port: UInt16? = nil) async throws -> RealKafka {
    var attempt = 1
    while true {
      let kafka = RealKafka(folder: try TemporaryFolder(), port: try port ?? FreePorts.take(portsPerNode))
      do {
        try await kafka.call("start", ["--port", "\(kafka.port)"] + options)
        return kafka
      } catch {
        _ = try? await kafka.call("wipe")
        // The script looks at the ports before Kafka takes them: another process can come between.
        let isTaken = "\(error)".contains("is taken") || "\(error)".contains("Address already in use")
        guard isTaken, attempt < attemptsMax else { throw error }
        attempt += 1
      }
    }
  }

  private static func run(_ arguments: [String]) async throws -> Tool.Outcome {
    guard let script else { throw HarnessFailure("SLUICE_TEST_KAFKA is not set") }
    let process = try ChildProcess(script, arguments)
    let status = try await process.wait(seconds: commandSecondsMax)
    return Tool.Outcome(status: status, output: process.output, errors: process.errors)
  }
}
