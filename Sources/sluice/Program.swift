/// The command line: names the commands and runs one.
enum Program {
  static let version = "0.1.0"

  private static var commands: [any Command.Type] {
    [
      RunCommand.self, CheckCommand.self, PasswordCommand.self, CertificatesCommand.self, DemonstrationCommand.self,
      VersionCommand.self,
    ]
  }

  /// Runs the command that the words name; returns the process's exit status: 0 when all is well, 1 when the work
  /// failed, 2 when the words can't be understood.
  static func run(_ words: [String]) -> Int32 {
    guard let name = words.first, name != "--help", name != "-h", name != "help" else {
      Terminal.print(usage)
      return words.isEmpty ? 2 : 0
    }
    guard let command = commands.first(where: { $0.name == name }) else {
      Terminal.complain("sluice: there is no command \"\(name)\"\n\n\(usage)")
      return 2
    }
    if words.contains("--help") {
      Terminal.print("usage: \(command.usage)")
      return 0
    }
    do {
      return try command.run(Arguments(Array(words.dropFirst()), options: command.options))
    } catch let error as UsageError {
      Terminal.complain("sluice \(name): \(error.message)\nusage: \(command.usage)")
      return 2
    } catch {
      Terminal.complain("sluice \(name): \(error)")
      return 1
    }
  }

  private static var usage: String {
    "Sluice \(version): a secure MQTT broker that is a bridge into Apache Kafka\n\n"
      + commands.map { "  \($0.usage)\n      \($0.summary)" }.joined(separator: "\n")
  }
}
