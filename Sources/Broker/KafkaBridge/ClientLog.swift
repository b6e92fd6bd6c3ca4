internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// What the Kafka client says, on its way to the broker's log: bounded, and with a lost connection told once in plain
/// words by the bridge instead of by the library at every attempt.
final class ClientLog: Sendable {
  private let log: any Log
  private let state = Mutex(State())

  private struct State {
    var limiters: [String: LogLimiter] = [:]
    /// The last trouble, and whether it says what is wrong with the configuration.
    var lastError: (text: String, isExplained: Bool)?

    /// What happened on a socket, or that no broker is left, says less than an explanation, and than why the last
    /// broker is gone.
    mutating func take(_ line: KafkaLogLine) {
      switch line.code {
      case .allBrokersDown where lastError != nil: return
      case .transport where lastError?.isExplained == true: return
      case .timedOut where lastError?.isExplained == true: return
      default: lastError = (line.text, false)
      }
    }
  }

  init(log: any Log) { self.log = log }

  /// The last trouble.
  var lastError: String? { state.withLock { $0.lastError?.text } }

  /// Forgets it: Kafka can be reached.
  func clear() { state.withLock { $0.lastError = nil } }

  func take(_ line: KafkaLogLine) {
    if let words = KafkaTrouble.explanation(of: line.text) {
      state.withLock { $0.lastError = (words, true) }
    } else if line.level == .error {
      state.withLock { $0.take(line) }
    }
    let level = ClientLog.level(of: line)
    guard level >= log.level else { return }
    let admitted = state.withLock { state in
      let key = state.limiters.count < 50 || state.limiters[line.facility] != nil ? line.facility : ""
      return state.limiters[key, default: LogLimiter()].admit(atSeconds: monotonicSeconds())
    }
    guard let suppressed = admitted else { return }
    var fields = [(name: "says", value: line.text), (name: "kind", value: line.facility)]
    if suppressed > 0 { fields.append(("more_since_last_time", String(suppressed))) }
    log.write(level, "Kafka client", fields)
  }

  private static func level(of line: KafkaLogLine) -> LogLevel {
    switch line.code {
    case .allBrokersDown, .transport, .timedOut: return .debug
    default: break
    }
    // Told by the mapping, with where it goes on.
    if line.facility == "OFFSET" { return .debug }
    // Each failed attempt to connect, and each request that died with a connection.
    if ["FAIL", "ERROR", "REQTMOUT", "COORDQUERY", "GETPID"].contains(line.facility), line.code == nil {
      return .debug
    }
    return switch line.level {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
