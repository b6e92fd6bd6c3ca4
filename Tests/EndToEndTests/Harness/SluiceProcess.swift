import Glibc

/// The real program with a configuration of its own in a temporary folder. It is ended when the last reference goes.
final class SluiceProcess: Sendable {
  static let readySecondsMax = 30.0
  /// Another process may take a port between its choice and the start.
  static let attemptsMax = 3

  let ports: SluicePorts
  let folder: TemporaryFolder
  private let process: ChildProcess

  /// Starts it and waits until /readyz says that it serves.
  ///
  /// - Parameter files: The configuration by file name, `sluice.yaml` among them, for the ports that were found free.
  static func start(
    environment: [String: String] = [:], files: (SluicePorts) throws -> [String: String]
  ) async throws -> SluiceProcess {
    var attempt = 1
    while true {
      let sluice = try launch(environment: environment, files: files)
      do {
        try await sluice.waitUntilReady()
        return sluice
      } catch {
        let isPortTaken = sluice.log.contains("in use")
        try await sluice.process.stop()
        guard isPortTaken, attempt < attemptsMax else { throw error }
        attempt += 1
      }
    }
  }

  /// Starts it and does not wait: for tests of a start that fails.
  static func launch(
    environment: [String: String] = [:], files: (SluicePorts) throws -> [String: String]
  ) throws -> SluiceProcess {
    let ports = try SluicePorts.take()
    let folder = try TemporaryFolder()
    for (name, text) in try files(ports) { try folder.write(text, to: name) }
    let arguments = ["run", "--config", folder.file("sluice.yaml")]
    let process = try ChildProcess(
      SluiceBinary.path, arguments, environment: environment, directory: folder.path)
    return SluiceProcess(ports: ports, folder: folder, process: process)
  }

  private init(ports: SluicePorts, folder: TemporaryFolder, process: ChildProcess) {
    self.ports = ports
    self.folder = folder
    self.process = process
  }

  var identifier: pid_t { process.identifier }

  /// All that it logged so far.
  var log: String { process.errors }

  var isRunning: Bool { process.exitStatus == nil }

  func waitForLog(_ text: String, seconds: Double = 10) async throws {
    try await process.waitForErrors(text, seconds: seconds)
  }

  func waitForEnd(seconds: Double = 10) async throws -> ChildProcess.ExitStatus {
    try await process.wait(seconds: seconds)
  }

  /// Asks it to reload its configuration.
  func reload() { process.send(signal: SIGHUP) }

  /// Ends it as an operator does; by force when it does not obey in time.
  @discardableResult
  func stop(seconds: Double = 10) async throws -> ChildProcess.ExitStatus {
    try await process.stop(seconds: seconds)
  }

  /// Ends it as a crash or a power cut does.
  func kill() async throws {
    process.send(signal: SIGKILL)
    _ = try await process.wait(seconds: 10)
  }

  /// Asks the administration's listener; nil when it does not answer.
  func get(_ path: String) async throws -> (status: Int, body: String)? {
    let url = "http://127.0.0.1:\(ports.administration)\(path)"
    let arguments = ["--silent", "--noproxy", "*", "--max-time", "5", "--write-out", "\n%{http_code}", url]
    let outcome = try await Tool.curl.run(arguments)
    guard outcome.isSuccess, let end = outcome.output.lastIndex(of: "\n") else { return nil }
    let status = Int(outcome.output[outcome.output.index(after: end)...])
    return status.map { ($0, String(outcome.output[..<end])) }
  }

  private func waitUntilReady() async throws {
    do {
      _ = try await Waiting.until("ready", seconds: Self.readySecondsMax) {
        guard isRunning else { throw HarnessFailure("it ended before it was ready") }
        return try await get("/readyz")?.status == 200 ? true : nil
      }
    } catch let failure as HarnessFailure {
      throw HarnessFailure("\(failure)\n\(process.report)")
    }
  }
}
