/// One line that the client library has to say.
public struct KafkaLogLine: Sendable {
  /// How much it matters.
  public enum Level: Sendable { case debug, info, warning, error }

  /// How much it matters.
  public let level: Level
  /// The library's own name for the kind of line: "FAIL", "CONFWARN".
  public let facility: String
  /// What it says; may hold names of hosts and topics, never a secret or a payload.
  public let text: String
  /// The error that it is about, if it tells one.
  public let code: KafkaErrorCode?
}

/// Takes log lines. Called on the library's own threads, at any time until the client is gone: must not block.
public typealias KafkaLogHandler = @Sendable (KafkaLogLine) -> Void
