import Configuration
import Glibc
import Testing

/// A folder of configuration files for one test, removed with it.
final class Scratch {
  let folder: String
  private var made: Set<String> = []

  /// What a test does not give is this; each is free of errors and warnings.
  static let standard = [
    "sluice.yaml":
      "listeners: [{name: a, protocol: mqtt, bind: \"127.0.0.1:1883\"}]\nauthentication: {anonymous: true}\n",
    "access.yaml": "rules: [{everyone: true, allow: {subscribe: [a]}}]\n",
  ]

  init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/sluice-configuration-XXXXXX".utf8CString)
    _ = try #require(mkdtemp(&template))
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/"
    for (name, text) in files.merging(Self.standard, uniquingKeysWith: { given, _ in given }) {
      try write(name, Array(text.utf8))
    }
  }

  deinit {
    for name in made { remove(folder + name) }
    rmdir(folder)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let descriptor = open(folder + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    made.insert(name)
    try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  }

  func makePipe(_ name: String) throws {
    try #require(mkfifo(folder + name, 0o600) == 0)
    made.insert(name)
  }

  func load(_ environment: [String: String] = [:]) -> ConfigurationReport {
    Configuration.load(folder + "sluice.yaml", environment: { environment[$0] })
  }

  /// A line as it is printed, without the scratch folder.
  func shown(_ problem: some CustomStringConvertible) -> String {
    let parts = problem.description.split(separator: folder, omittingEmptySubsequences: false)
    return parts.joined()
  }
}

/// The errors of one set of files, as they are printed.
func errors(_ files: [String: String], _ environment: [String: String] = [:]) throws -> [String] {
  let scratch = try Scratch(files)
  let report = scratch.load(environment)
  #expect((report.configuration == nil) == !report.errors.isEmpty)
  return report.errors.map(scratch.shown)
}

/// The warnings of one set of files that has no errors, as they are printed.
func warnings(_ files: [String: String], _ environment: [String: String] = [:]) throws -> [String] {
  let scratch = try Scratch(files)
  let report = scratch.load(environment)
  #expect(report.errors.isEmpty)
  return report.warnings.map(scratch.shown)
}

/// The configuration of one set of files that has no errors.
func configuration(_ files: [String: String], _ environment: [String: String] = [:]) throws -> Configuration {
  let report = try Scratch(files).load(environment)
  #expect(report.errors.isEmpty)
  return try #require(report.configuration)
}
