import BrokerCore
import Synchronization

/// A log that keeps its lines for the test.
final class TestLog: Log {
  private let kept = Mutex<[String]>([])

  var level: LogLevel { .info }
  var lines: [String] { kept.withLock { $0 } }

  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    kept.withLock { $0.append(event) }
  }
}
