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
      if words.isEmpty {
        Terminal.complain(usage)
        return 2
      }
      Terminal.print(usage)
      return 0
    }
    guard let command = commands.first(where: { $0.name == (name == "--version" ? "version" : name) }) else {
      Terminal.complain("sluice: there is no command \"\(name)\"\n\n\(usage)")
      return 2
    }
    if words.contains(where: { $0 == "--help" || $0 == "-h" }) {
      Terminal.print("\(usage(of: command))\n\n\(command.summary)")
      return 0
    }
    do {
      return try command.run(
        Arguments(
          Array(words.dropFirst()), options: command.options, repeatable: command.repeatable, flags: command.flags))
    } catch let error as UsageError {
      Terminal.complain("sluice \(name): \(error.message)\n\(usage(of: command))")
      return 2
    } catch {
      Terminal.complain("sluice \(name): \(error)")
      return 1
    }
  }

  private static var usage: String {
    "Sluice \(version): a secure MQTT broker that is a bridge into Apache Kafka\n\n"
      + commands.map { indented($0.usage, by: 2) + "\n" + indented($0.summary, by: 6) }.joined(separator: "\n")
  }

  private static func usage(of command: any Command.Type) -> String {
    "usage:\n" + indented(command.usage, by: 2)
  }

  private static func indented(_ text: String, by count: Int) -> String {
    let space = String(repeating: " ", count: count)
    return text.split(separator: "\n").map { space + $0 }.joined(separator: "\n")
  }
}
