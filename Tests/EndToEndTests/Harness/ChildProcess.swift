import Foundation
import Synchronization

/// A process that a test started. What it prints goes to files, so that nobody waits for a pipe that a grandchild
/// holds. It is killed, by its process id, when the last reference to it goes.
final class ChildProcess: Sendable {
  enum ExitStatus: Sendable, Equatable {
    case code(Int32)
    case signal(Int32)
  }

  let command: String
  let identifier: pid_t
  private let folder: TemporaryFolder
  /// nil while it runs. Under this lock the process is reaped, so its id is never used after that.
  private let status = Mutex<ExitStatus?>(nil)

  private static let outputName = "stdout"
  private static let errorsName = "stderr"

  /// - Parameters:
  ///   - input: What it reads from its standard input; an empty input when nil.
  ///   - environment: Set beside what the tests themselves run with.
  init(
    _ executable: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
    directory: String? = nil
  ) throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    command = ([executable] + arguments).joined(separator: " ")
    let source = try input.map { try folder.write($0, to: "stdin") } ?? "/dev/null"
    var plan = SpawnPlan()
    defer { plan.destroy() }
    plan.redirect(input: source, output: folder.file(Self.outputName), errors: folder.file(Self.errorsName))
    var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // A crash must end it at once: a backtrace program could hang.
    variables["SWIFT_BACKTRACE"] = "enable=no"
    // `env` becomes the program, so the process id is the program's.
    let words = directory.map { ["-C", $0, executable] + arguments } ?? arguments
    identifier = try plan.start(
      directory == nil ? executable : "/usr/bin/env", arguments: words, environment: variables)
  }

  deinit {
    if status.withLock({ $0 }) == nil {
      Glibc.kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
    }
  }

  var output: String { text(of: Self.outputName) }
  var errors: String { text(of: Self.errorsName) }

  /// nil while it runs.
  var exitStatus: ExitStatus? {
    status.withLock { status in
      if status == nil {
        var word: Int32 = 0
        if waitpid(identifier, &word, WNOHANG) == identifier { status = Self.meaning(of: word) }
      }
      return status
    }
  }

  func send(signal: Int32) {
    guard exitStatus == nil else { return }
    status.withLock { if $0 == nil { _ = Glibc.kill(identifier, signal) } }
  }

  func wait(seconds: Double) async throws -> ExitStatus {
    do {
      return try await Waiting.until("the end of \(command)", seconds: seconds) { exitStatus }
    } catch let failure as HarnessFailure {
      throw HarnessFailure("\(failure)\n\(report)")
    }
  }

  /// Asks it to end by SIGTERM, and makes it end by SIGKILL when it does not within `seconds`.
  @discardableResult
  func stop(seconds: Double = 60) async throws -> ExitStatus {
    send(signal: SIGTERM)
    if let status = try? await wait(seconds: seconds) { return status }
    send(signal: SIGKILL)
    return try await wait(seconds: seconds)
  }

  func waitForOutput(_ text: String, seconds: Double = 60) async throws {
    try await waitFor(text, seconds: seconds) { output }
  }

  func waitForErrors(_ text: String, seconds: Double = 60) async throws {
    try await waitFor(text, seconds: seconds) { errors }
  }

  /// What it is and what it said, for a failure that can be understood.
  var report: String {
    "\(command)\nstatus: \(exitStatus.map { "\($0)" } ?? "runs")\nstdout:\n\(output)\nstderr:\n\(errors)"
  }

  private func waitFor(_ text: String, seconds: Double, in place: () -> String) async throws {
    do {
      _ = try await Waiting.until("'\(text)'", seconds: seconds) {
        // Whether it ran is asked first, so that its last words are not missed.
        let hasEnded = exitStatus != nil
        if place().contains(text) { return true }
        if hasEnded { throw HarnessFailure("it ended before it said '\(text)'") }
        return nil
      }
    } catch let failure as HarnessFailure {
      throw HarnessFailure("\(failure)\n\(report)")
    }
  }

  private func text(of name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: folder.file(name)) ?? Data(), as: UTF8.self)
  }

  private static func meaning(of word: Int32) -> ExitStatus {
    let signal = word & 0x7F
    return signal == 0 ? .code((word >> 8) & 0xFF) : .signal(signal)
  }
}
