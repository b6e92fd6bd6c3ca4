import BrokerCore
import Synchronization

/// Keeps what is logged.
final class TestLog: Log {
  private let kept = Mutex<[String]>([])
  let level = LogLevel.debug
  /// Called on the thread that logs, before the line is kept.
  let watcher = Mutex<(@Sendable (String) -> Void)?>(nil)

  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    watcher.withLock { $0 }?(event)
    kept.withLock { $0.append(([event] + fields.map { "\($0.name)=\($0.value)" }).joined(separator: " ")) }
  }

  var lines: [String] { kept.withLock { $0 } }
}
