import Configuration

/// `sluice check`: the whole configuration, as `run` would read it, without starting anything.
enum CheckCommand: Command {
  static let name = "check"
  static let usage = "sluice check --config config/sluice.yaml"
  static let summary = "validates the configuration: each problem with file, line and column"
  static let options = ["config"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    guard let path = arguments["config"] else { throw UsageError(message: "--config is missing") }
    let assembly = Assembly.load(path)
    assembly.report()
    guard let plan = assembly.plan else { return 1 }
    let mappings = plan.configuration.mappings
    Terminal.print(
      "\(path): valid: \(plan.listeners.count) listeners, \(plan.configuration.access.rules.count) access rules, "
        + "\(mappings.toKafka.count) mappings to Kafka and \(mappings.fromKafka.count) from it")
    return 0
  }
}
