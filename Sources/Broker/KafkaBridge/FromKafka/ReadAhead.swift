/// How many records of a mapping are worth being open at one time: what is completed in twice the least time that a
/// record takes. More of them make nothing faster; they wait in queues, and cost memory and time there. A value.
///
/// It follows what it sees: subscribers that are far away get as many under way as their answers take. It holds reading
/// back for a moment only (``waitMilliseconds``): what is open for a subscriber that is slow holds nobody else.
struct ReadAhead {
  /// Least number: two batches, so that one is read while the other is delivered. It is also what a subscriber may have
  /// in flight by default, beyond which its deliveries are queued.
  static let recordsMin = 1_000
  /// Least and most time of one wait.
  private static let waitMilliseconds = 20...200
  /// How often the rate is looked at, and for how long the least time counts.
  private static let periodSeconds = 0.1
  private static let memorySeconds = 10.0

  /// The number, beside ``allowance``.
  private(set) var records = recordsMin
  /// Records that were open when a wait was in vain: they are somebody's who is slow.
  private(set) var allowance = 0
  // The least time that a record took, and since when it counts.
  private var leastSeconds = Double.infinity
  private var leastSinceSeconds = 0.0
  // When so many had been opened in all; completed as many, the time that it took is known.
  private var probe: (atSeconds: Double, opened: UInt64)?
  private var period: (beganSeconds: Double, completed: UInt64)?

  /// Records were opened just now, so that so many are open; so many were completed in all.
  mutating func began(completed: UInt64, open: UInt64, atSeconds now: Double) {
    // Only new ones take all of the time.
    if probe == nil { probe = (now, completed &+ open) }
  }

  /// Looks at how many were completed in all, and how many are open.
  mutating func look(completed: UInt64, open: UInt64, atSeconds now: Double) {
    allowance = min(allowance, Int(clamping: open))
    if let began = probe {
      if completed >= began.opened {
        if now - leastSinceSeconds > Self.memorySeconds {
          leastSeconds = .infinity
          leastSinceSeconds = now
        }
        leastSeconds = min(leastSeconds, now - began.atSeconds)
        probe = nil
      }
    }
    guard let last = period else { return period = (now, completed) }
    let seconds = now - last.beganSeconds
    // Completions come in bursts of as many as were under way.
    guard seconds >= max(Self.periodSeconds, leastSeconds.isFinite ? min(leastSeconds, 10) : 0) else { return }
    period = (now, completed)
    // What was allowed for may be over although more keeps coming: a tenth less a second.
    allowance -= allowance / 100
    guard leastSeconds.isFinite else { return }
    let perSecond = Double(completed &- last.completed) / seconds
    records = max(Self.recordsMin, Int(min(2 * perSecond * leastSeconds, 1_000_000_000)))
  }

  /// Whether nothing more is to be read for now.
  func isReached(open: UInt64) -> Bool { Int(clamping: open) >= records &+ allowance }

  /// How long to wait at most.
  var waitMilliseconds: Int {
    guard leastSeconds.isFinite else { return Self.waitMilliseconds.lowerBound }
    let wanted = Int(min(4 * leastSeconds, 1) * 1000)
    return min(max(wanted, Self.waitMilliseconds.lowerBound), Self.waitMilliseconds.upperBound)
  }

  /// It was waited as long as that, and so many are still open.
  mutating func allow(open: UInt64) { allowance = Int(clamping: open) }
}
