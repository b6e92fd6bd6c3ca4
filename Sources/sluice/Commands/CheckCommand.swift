import Configuration

/// `sluice check`: the whole configuration, as `run` would read it, without starting anything.
enum CheckCommand: Command {
  static let name = "check"
  static let usage = "sluice check --config config/sluice.yaml"
  static let summary = "validates the configuration: each problem with file, line and column"
  static let options = ["config"]

  static func run(_ arguments: Arguments) throws -> Int32 {
    try arguments.onlyOptions()
    let path = try arguments.required("config")
    let assembly = Assembly.load(path)
    assembly.report()
    guard let plan = assembly.plan else { return 1 }
    let mappings = plan.configuration.mappings
    Terminal.print(
      "\(path): valid: \(counted(plan.listeners.count, "listener")), "
        + "\(counted(plan.configuration.access.rules.count, "access rule")), "
        + "\(counted(mappings.toKafka.count, "mapping")) to Kafka and \(mappings.fromKafka.count) from it")
    return 0
  }

  private static func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }
}
