internal import Synchronization

/// Why connections to brokers failed, in the library's words, by the broker's address. Any thread may use it.
final class BrokerFailures: Sendable {
  /// Most brokers that are remembered: more than any cluster has.
  private static let brokersMax = 1_000

  private let reasons = Mutex<[String: String]>([:])

  /// Takes a line of the kind FAIL: `[thrd:host:port/1]: host:port/1: Connect to ipv4#... failed: Connection refused
  /// (after 0ms in state CONNECT)`. That a broker closed a connection is no failure: they do so after 10 idle minutes.
  func take(_ line: String) {
    guard let (address, reason) = Self.parse(line), !reason.hasPrefix("Disconnected") else { return }
    reasons.withLock { reasons in
      if reasons.count < Self.brokersMax || reasons[address] != nil { reasons[address] = reason }
    }
  }

  /// Why the last attempt to connect to it failed; nil when none did since it was last ``forget(_:)``.
  func reason(for address: String) -> String? { reasons.withLock { $0[address] } }

  /// It answers: what was before is of no interest.
  func forget(_ address: String) { _ = reasons.withLock { $0.removeValue(forKey: address) } }

  /// Address and reason of a line; nil when it isn't about one broker.
  static func parse(_ line: String) -> (address: String, reason: String)? {
    var rest = line[...]
    if rest.hasPrefix("[thrd:") {
      guard let end = rest.firstRange(of: "]: ") else { return nil }
      rest = rest[end.upperBound...]
    }
    guard let colon = rest.firstRange(of: ": ") else { return nil }
    // host:port/id, with sasl_ssl:// or the like before it where it isn't plain.
    var name = rest[..<colon.lowerBound]
    if let scheme = name.firstRange(of: "://") { name = name[scheme.upperBound...] }
    // A group's coordinator has a connection of its own, whose name says just that.
    return (String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)]), String(rest[colon.upperBound...]))
  }
}
