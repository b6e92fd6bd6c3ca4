import Foundation

/// A program of the system that tests use as a client or as a judge; `make test` installs them.
enum Tool: String, Sendable {
  case mosquittoPub = "mosquitto_pub"
  case mosquittoSub = "mosquitto_sub"
  case kcat
  /// Debian's own interpreter: it is the one that sees Debian's python3-paho-mqtt.
  case python3 = "/usr/bin/python3"
  case openssl
  case curl
  case sh
  case stdbuf
  case cc
  case node
  case haproxy = "/usr/sbin/haproxy"
  case mosquitto = "/usr/sbin/mosquitto"

  struct Outcome: Sendable {
    let status: ChildProcess.ExitStatus
    let output: String
    let errors: String
    var isSuccess: Bool { status == .code(0) }
  }

  static let secondsMax = 60.0

  /// Runs it to its end, whatever that is.
  func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], seconds: Double = secondsMax
  ) async throws -> Outcome {
    let process = try start(arguments, input: input, environment: environment)
    let status = try await process.wait(seconds: seconds)
    return Outcome(status: status, output: process.output, errors: process.errors)
  }

  /// Runs it to its end, which must be a success; returns what it printed.
  @discardableResult
  func output(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], seconds: Double = secondsMax
  ) async throws -> String {
    let outcome = try await run(arguments, input: input, environment: environment, seconds: seconds)
    guard outcome.isSuccess else {
      let command = ([rawValue] + arguments).joined(separator: " ")
      throw HarnessFailure("\(command)\nended with \(outcome.status)\n\(outcome.output)\n\(outcome.errors)")
    }
    return outcome.output
  }

  /// Starts it, to go on beside the test.
  func start(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(path(), arguments, input: input, environment: environment)
  }

  private func path() throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/" }
    let candidates = rawValue.hasPrefix("/") ? [rawValue] : folders.map { $0 + rawValue }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw HarnessFailure("\(rawValue) is not installed: run 'make packages'")
    }
    return found
  }
}
