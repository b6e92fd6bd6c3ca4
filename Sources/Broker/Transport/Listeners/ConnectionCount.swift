import Synchronization

/// How many connections there are, of one listener or of all, against a bound. Any thread.
final class ConnectionCount: Sendable {
  private let count = Atomic<Int>(0)

  /// Counts one in; false, and not counted, when there are as many as allowed.
  func take(max: Int) -> Bool {
    if count.wrappingAdd(1, ordering: .relaxed).newValue <= max { return true }
    give()
    return false
  }

  /// How many there are.
  var now: Int { count.load(ordering: .relaxed) }

  /// Counts one in, whatever the bound.
  func add() { count.wrappingAdd(1, ordering: .relaxed) }

  /// Counts one out.
  func give() { count.wrappingSubtract(1, ordering: .relaxed) }
}
