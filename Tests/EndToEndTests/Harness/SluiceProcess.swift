import Foundation

/// The real program with a configuration of its own in a temporary folder. It is ended when the last reference goes.
final class SluiceProcess: Sendable {
  static let readySecondsMax = 60.0

  let folder: TemporaryFolder
  private let process: ChildProcess

  /// Starts it and waits until it says where it listens.
  static func start(_ files: SluiceFiles, environment: [String: String] = [:]) async throws -> SluiceProcess {
    let sluice = try launch(files.text, environment: environment)
    for listener in files.listeners { _ = try await sluice.port(of: listener) }
    return sluice
  }

  /// Starts it and does not wait: for tests of a start that fails.
  ///
  /// - Parameter files: The configuration by file name, `sluice.yaml` among them.
  static func launch(
    _ files: [String: String], environment: [String: String] = [:], folder: TemporaryFolder? = nil
  ) throws -> SluiceProcess {
    let folder = try folder ?? TemporaryFolder()
    for (name, text) in files { try folder.write(text, to: name) }
    let process = try ChildProcess(
      SluiceBinary.path, ["run", "--config", folder.file("sluice.yaml")], environment: environment,
      directory: folder.path)
    return SluiceProcess(folder: folder, process: process)
  }

  private init(folder: TemporaryFolder, process: ChildProcess) {
    self.folder = folder
    self.process = process
  }

  var identifier: pid_t { process.identifier }

  /// All that it logged so far.
  var log: String { process.errors }

  /// What it is, and all that it said.
  var report: String { process.report }

  var isRunning: Bool { process.exitStatus == nil }

  /// The port of a listener, as the log tells it; waits for that.
  func port(of listener: String) async throws -> UInt16 {
    try await port(where: ["listening", "listener=\(listener)"])
  }

  /// The port of its HTTP server.
  func administrationPort() async throws -> UInt16 { try await port(where: [" administration "]) }

  private func port(where words: [String]) async throws -> UInt16 {
    let address = try await logged("address", where: words)
    guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw HarnessFailure("no port in \(address)")
    }
    return port
  }

  /// Where the embedded Kafka can be reached.
  func embeddedKafka() async throws -> String { try await logged("bootstrap_servers", where: ["Kafka is embedded"]) }

  /// The value of a field in the first line of the log that holds all of `words`; waits for that line.
  func logged(_ field: String, where words: [String]) async throws -> String {
    do {
      return try await Waiting.until("'\(words.joined(separator: "', '"))'", seconds: Self.readySecondsMax) {
        let hasEnded = !isRunning
        // A line that is not at its end yet may hold half of a number.
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let line = lines.first { line in words.allSatisfy { line.contains($0) } }
        if let line, let start = line.range(of: " \(field)=") {
          return line[start.upperBound...].prefix { $0 != " " }.trimmingCharacters(in: ["\""])
        }
        if hasEnded { throw HarnessFailure("it ended before it said \(words)") }
        return nil
      }
    } catch let failure as HarnessFailure {
      throw HarnessFailure("\(failure)\n\(report)")
    }
  }

  func waitForLog(_ text: String, seconds: Double = 60) async throws {
    try await process.waitForErrors(text, seconds: seconds)
  }

  func waitForEnd(seconds: Double = 60) async throws -> ChildProcess.ExitStatus {
    try await process.wait(seconds: seconds)
  }

  /// Ends it as an operator does; by force when it does not obey in time.
  @discardableResult
  func stop(seconds: Double = 60) async throws -> ChildProcess.ExitStatus {
    try await process.stop(seconds: seconds)
  }

  /// Ends it as a crash or a power cut does.
  func kill() async throws {
    process.send(signal: SIGKILL)
    _ = try await process.wait(seconds: 60)
  }

  /// Asks it to end, and does not wait.
  func terminate() { process.send(signal: SIGTERM) }

  /// As Ctrl-C does; does not wait.
  func interrupt() { process.send(signal: SIGINT) }

  func send(signal: Int32) { process.send(signal: signal) }

  /// Memory that it holds, from the system's books.
  func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let kibibytes = line?.split(separator: " ").dropLast().last.flatMap({ Int($0) }) else {
      throw HarnessFailure("no VmRSS of process \(identifier)")
    }
    return kibibytes << 10
  }

  /// Descriptors that it has open.
  func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count
  }
}
