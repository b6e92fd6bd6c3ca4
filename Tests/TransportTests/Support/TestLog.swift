import BrokerCore
import Synchronization

/// Keeps what is logged.
final class TestLog: Log {
  private let kept = Mutex<[String]>([])
  let level = LogLevel.debug

  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    kept.withLock { $0.append(([event] + fields.map { "\($0.name)=\($0.value)" }).joined(separator: " ")) }
  }

  var lines: [String] { kept.withLock { $0 } }
}
