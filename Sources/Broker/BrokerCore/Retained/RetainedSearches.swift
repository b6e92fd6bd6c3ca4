/// The searches for retained messages that a shard has before it, and how much of its round is left for them.
///
/// A search may walk over the whole store, and one SUBSCRIBE can ask for thousands: so a shard begins none once it has
/// taken its steps of a round, and other clients get their turn. A value without I/O.
struct RetainedSearches {
  /// Topics to look at in one round, about a millisecond's worth. A search that was begun is completed.
  private static let stepsMax = 10_000

  private var waiting: [RetainedSearch?] = []
  private var head = 0
  private var steps = 0
  /// Somebody takes them one after the other.
  var areRunning = false

  /// Whether none waits.
  var isEmpty: Bool { head == waiting.count }

  /// All steps of a round are there again.
  mutating func beginRound() { steps = 0 }

  /// Puts searches behind the others.
  mutating func append(_ searches: [RetainedSearch]) { waiting += searches.map { $0 } }

  /// Takes the oldest one, if the round has steps left.
  mutating func next() -> RetainedSearch? {
    guard steps < Self.stepsMax, head < waiting.count, let first = waiting[head] else { return nil }
    waiting[head] = nil
    head += 1
    if head == waiting.count {
      waiting = []
      head = 0
    }
    return first
  }

  /// Counts what a search took.
  mutating func count(steps: Int) { self.steps += steps }
}
