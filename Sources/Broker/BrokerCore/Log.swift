/// How much a log line matters.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case debug, info, warning, error

  /// A level that matters less.
  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// Where structured log lines go. Any thread may write; a write never blocks for long and never throws.
///
/// Never hand it a secret or a payload. Nothing is logged for a message that takes its ordinary way.
public protocol Log: Sendable {
  /// The least level that is written; ask before building costly fields.
  var level: LogLevel { get }
  /// Writes one line: an event in plain words, and what it is about. Control characters in values are escaped by the
  /// log.
  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)])
}

extension Log {
  /// Writes one line if the level is wanted; the fields are not built otherwise.
  public func log(_ level: LogLevel, _ event: String, _ fields: @autoclosure () -> [(name: String, value: String)] = [])
  {
    if level >= self.level { write(level, event, fields()) }
  }
}
