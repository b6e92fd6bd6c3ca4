/// Decides which log lines are written, so that a hostile client cannot fill the disk: of each event, so many a second.
///
/// A value without a clock: time is handed in, monotonic.
public struct LogRateLimit: Sendable {
  /// Lines of one event in a second, unless told otherwise: enough to see what happens, and 1 KB/s of most events.
  public static let eventsPerSecondDefault = 10
  /// Events that are told apart. The program has fewer; if it ever had more, the rest would share one budget.
  public static let eventsMax = 256

  /// How many lines of an event were left out.
  public struct Omission: Sendable, Equatable {
    /// The event.
    public let event: String
    /// The number of its lines.
    public let count: UInt64
  }

  private struct Window {
    var startMilliseconds: Int64
    var written = 0
    var omitted: UInt64 = 0
  }

  private let eventsPerSecondMax: Int
  private var windows: [String: Window] = [:]
  private var nextSweepMilliseconds = Int64.min

  /// Starts with nothing written.
  public init(eventsPerSecondMax: Int = LogRateLimit.eventsPerSecondDefault) {
    self.eventsPerSecondMax = eventsPerSecondMax
  }

  /// Whether this line may be written. What was left out comes from `omissions`.
  public mutating func admit(_ event: String, nowMilliseconds: Int64) -> Bool {
    let key = windows[event] != nil || windows.count < LogRateLimit.eventsMax ? event : LogRateLimit.others
    var window = windows[key] ?? Window(startMilliseconds: nowMilliseconds)
    if nowMilliseconds - window.startMilliseconds >= 1000 {
      window.startMilliseconds = nowMilliseconds
      window.written = 0
    }
    let isAdmitted = window.written < eventsPerSecondMax
    if isAdmitted { window.written += 1 } else { window.omitted += 1 }
    windows[key] = window
    return isAdmitted
  }

  /// What was left out in windows that are over, each told once. Looks at most once a second; ask with every line and,
  /// so that the last ones are told too, from a timer. With `all`, also of windows that are not over: at the end of the
  /// program.
  public mutating func omissions(nowMilliseconds: Int64, all: Bool = false) -> [Omission] {
    guard all || nowMilliseconds >= nextSweepMilliseconds else { return [] }
    nextSweepMilliseconds = nowMilliseconds + 1000
    var ended: [Omission] = []
    for (event, window) in windows where all || nowMilliseconds - window.startMilliseconds >= 1000 {
      if window.omitted > 0 { ended.append(Omission(event: event, count: window.omitted)) }
      windows[event] = nil
    }
    return ended.sorted { $0.event < $1.event }
  }

  private static let others = "other events"
}
