import KafkaClient

/// `sluice version`.
enum VersionCommand: Command {
  static let name = "version"
  static let usage = "sluice version"
  static let summary = "prints the version of Sluice and of what it stands on"
  static let options: [String] = []

  static func run(_ arguments: Arguments) throws -> Int32 {
    try arguments.onlyOptions()
    Terminal.print("sluice \(Program.version), librdkafka \(KafkaLibrary.version)")
    return 0
  }
}
