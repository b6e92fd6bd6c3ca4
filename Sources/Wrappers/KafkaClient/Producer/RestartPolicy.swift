/// What to do each time a producer's client ends by itself. A value without I/O; the time is given.
struct RestartPolicy {
  enum Decision: Equatable {
    /// A new client takes over at once, and what was under way is written again.
    case takeOver
    /// What was under way is refused, and a new client is tried after so long.
    case refuse(pauseSeconds: Double)
  }

  /// Ends within this time count together: the cause has not gone.
  static let windowSeconds = 60.0
  /// So many of them are mended at once.
  static let atOnceMax = 3
  /// The longest pause before the next try. The first is a second, and each is twice the one before.
  static let pauseSecondsMax = 30.0

  private var ends: [Double] = []

  mutating func clientEnded(atSeconds now: Double) -> Decision {
    ends.removeAll { now - $0 > RestartPolicy.windowSeconds + RestartPolicy.pauseSecondsMax }
    ends.append(now)
    let tooMany = ends.count - RestartPolicy.atOnceMax
    guard tooMany > 0 else { return .takeOver }
    var pause = 1.0
    for _ in 1..<min(tooMany, 10) { pause *= 2 }
    return .refuse(pauseSeconds: min(pause, RestartPolicy.pauseSecondsMax))
  }
}
