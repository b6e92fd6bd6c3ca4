import BrokerCore
import Synchronization

/// A log that keeps its lines for the test.
final class TestLog: Log {
  private let kept = Mutex<[(event: String, fields: String)]>([])

  var level: LogLevel { .info }
  /// The events alone.
  var lines: [String] { kept.withLock { $0.map(\.event) } }
  /// With what they are about.
  var wholeLines: [String] { kept.withLock { $0.map { $0.event + $0.fields } } }

  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    kept.withLock { $0.append((event, fields.map { " \($0.name)=\($0.value)" }.joined())) }
  }
}
