import Foundation
import Testing

/// Runs programs to their end.
enum Command {
  /// Runs openssl; returns its standard output and requires that it succeeded.
  @discardableResult
  static func openssl(_ arguments: String...) throws -> String { try openssl(arguments) }

  @discardableResult
  static func openssl(_ arguments: [String]) throws -> String {
    let result = try run("/usr/bin/openssl", arguments)
    try #require(result.status == 0, "openssl \(arguments.joined(separator: " ")): \(result.output)")
    return result.output
  }

  /// Runs a program; returns its exit status and what it wrote to standard output and standard error.
  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
