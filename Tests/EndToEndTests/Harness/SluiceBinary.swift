import Foundation

/// The program under test, as it was built together with these tests.
enum SluiceBinary {
  /// Beside the test bundle, which is the running program.
  static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "sluice").path
  }()

  /// Runs one of its commands to the end, whatever that is.
  static func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], directory: String? = nil,
    seconds: Double = Tool.secondsMax
  ) async throws -> Tool.Outcome {
    let process = try ChildProcess(path, arguments, input: input, environment: environment, directory: directory)
    let status = try await process.wait(seconds: seconds)
    return Tool.Outcome(status: status, output: process.output, errors: process.errors)
  }
}
