/// How much of a shard's round is left for searches for retained messages, and whose turn is next.
///
/// A search may walk over the whole store, and thousands may be under way: a round does about two milliseconds' work
/// for all of them together, in turns that are shorter still, and other clients are served between the rounds. A value
/// without I/O.
struct RetainedTurns {
  /// What a round has for searches. One is about 0.15 microseconds: a node of the store that is looked at.
  private static let costMax = 12_000
  /// What one session takes before it is another's turn.
  static let turnCostMax = costMax / 8

  private var waiting: [Session] = []
  private var head = 0
  private var cost = 0

  /// Whether nobody waits for a turn.
  var isEmpty: Bool { head == waiting.count }
  /// Whether the round has nothing left.
  var isSpent: Bool { cost >= Self.costMax }

  /// The whole share of a round is there again.
  mutating func beginRound() { cost = 0 }

  /// What sending so many messages of so many bytes in all cost, which were found with so many steps.
  static func cost(steps: Int, messages: Int, bytes: Int) -> Int { 6 + steps + 10 * messages + bytes / 128 }

  /// Counts what was done.
  mutating func count(_ cost: Int) { self.cost += cost }

  /// A session has more to search for, and nothing but its turn to wait for.
  mutating func append(_ session: Session) {
    guard !session.awaitsTurn else { return }
    session.awaitsTurn = true
    waiting.append(session)
  }

  /// Takes who has waited longest, if the round has something left.
  mutating func next() -> Session? {
    guard !isSpent, head < waiting.count else { return nil }
    let session = waiting[head]
    head += 1
    // Those behind the head are few: each is there once, and the line is begun anew when it is long.
    if head == waiting.count || head >= 1024 {
      waiting.removeFirst(head)
      head = 0
    }
    session.awaitsTurn = false
    return session
  }
}
