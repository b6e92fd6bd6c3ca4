/// Bounds how often the same thing is logged: the first time, and then once an interval with how many were left out.
/// A value; the time is given.
struct LogLimiter {
  static let intervalSeconds = 10.0

  private var last: Double?
  private var suppressed = 0

  /// Whether to log now, and how many were suppressed since the last time.
  mutating func admit(atSeconds now: Double) -> Int? {
    if let last, now - last < LogLimiter.intervalSeconds {
      suppressed += 1
      return nil
    }
    last = now
    defer { suppressed = 0 }
    return suppressed
  }
}
