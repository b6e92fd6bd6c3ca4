/// Deadlines of one shard, in quarters of a second: constant time for each, and never more than 64 s ahead: what is due
/// later is looked at again then, so that what is gone meanwhile leaves nothing behind for long. A value without a
/// clock.
struct DeadlineWheel {
  /// What is due.
  enum Subject {
    case client(UInt64)
    /// With the number of the look, see ``Session/look``.
    case session(UInt64, look: UInt32)
  }

  /// How late a deadline may be noticed, and how often the wheel is to be asked: a will or an expiry is asked for in
  /// whole seconds, and must not be a second late.
  static let slotMilliseconds: Int64 = 250
  private static let slots = 256
  private var wheel: [[Subject]] = Array(repeating: [], count: slots)
  private var nextSlot: Int64

  /// Starts at a time.
  init(nowMilliseconds: Int64) { nextSlot = nowMilliseconds / Self.slotMilliseconds }

  /// Puts a subject where it is looked at: at its deadline rounded up to a slot, or in about a minute if that is
  /// sooner.
  mutating func schedule(_ subject: Subject, atMilliseconds deadline: Int64) {
    let slot = min(max(deadline / Self.slotMilliseconds + 1, nextSlot), nextSlot + Int64(Self.slots) - 1)
    wheel[Int(slot) & (Self.slots - 1)].append(subject)
  }

  /// Takes what is to be looked at by now.
  mutating func due(nowMilliseconds: Int64) -> [Subject] {
    let now = nowMilliseconds / Self.slotMilliseconds
    guard now >= nextSlot else { return [] }
    var all: [Subject] = []
    // After a long pause one turn of the wheel holds everything.
    for slot in nextSlot...min(now, nextSlot + Int64(Self.slots) - 1) {
      all += wheel[Int(slot) & (Self.slots - 1)]
      wheel[Int(slot) & (Self.slots - 1)] = []
    }
    nextSlot = now + 1
    return all
  }
}
