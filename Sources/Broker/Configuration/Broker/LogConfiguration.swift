/// What is logged, and how.
public struct LogConfiguration: Sendable, Equatable {
  /// How much a line must matter to be written.
  public enum Level: String, Sendable, CaseIterable {
    /// Everything, for the search of a fault.
    case debug
    /// What happens: connections, sessions, reloads.
    case info
    /// What needs attention soon.
    case warning
    /// What failed.
    case error
  }

  /// How a line is written.
  public enum Format: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line, for collectors.
    case json
  }

  /// `level`: info by default.
  public let level: Level
  /// `format`: text by default.
  public let format: Format
}
