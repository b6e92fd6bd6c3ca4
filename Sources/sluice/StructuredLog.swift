import BrokerCore
struct StructuredLog: Log {
  let level: LogLevel
  let isJSON: Bool
  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    Terminal.complain("\(level) \(event) " + fields.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
  }
}
