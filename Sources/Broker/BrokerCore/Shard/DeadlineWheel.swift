/// Deadlines of one shard, in seconds: constant time for each, and never more than 64 s ahead: what is due later is
/// looked at again then, so that what is gone meanwhile leaves nothing behind for long. A value without a clock.
struct DeadlineWheel {
  /// What is due.
  enum Subject {
    case client(UInt64)
    /// With the number of the look, see ``Session/look``.
    case session(UInt64, look: UInt32)
  }

  private static let slots = 64
  private var wheel: [[Subject]] = Array(repeating: [], count: slots)
  private var nextSecond: Int64

  /// Starts at a time.
  init(nowMilliseconds: Int64) { nextSecond = nowMilliseconds / 1000 }

  /// Puts a subject where it is looked at: at its deadline rounded up to a second, or in about a minute if that is
  /// sooner.
  mutating func schedule(_ subject: Subject, atMilliseconds deadline: Int64) {
    let second = min(max(deadline / 1000 + 1, nextSecond), nextSecond + Int64(Self.slots) - 1)
    wheel[Int(second) & (Self.slots - 1)].append(subject)
  }

  /// Takes what is to be looked at by now.
  mutating func due(nowMilliseconds: Int64) -> [Subject] {
    let now = nowMilliseconds / 1000
    guard now >= nextSecond else { return [] }
    var all: [Subject] = []
    // After a long pause one turn of the wheel holds everything.
    for second in nextSecond...min(now, nextSecond + Int64(Self.slots) - 1) {
      all += wheel[Int(second) & (Self.slots - 1)]
      wheel[Int(second) & (Self.slots - 1)] = []
    }
    nextSecond = now + 1
    return all
  }
}
