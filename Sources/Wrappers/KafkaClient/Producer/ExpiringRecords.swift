internal import Synchronization

/// When the records that have a time end, and the callers' numbers of them: only they cost anything here. Any thread.
///
/// Such a record goes through the library under the number of its place here, marked by the highest bit.
final class ExpiringRecords: Sendable {
  /// Says that a number is a place in this table.
  static let mark: UInt64 = 1 << 63

  private struct Place {
    var opaque: UInt64
    var deadline: UInt64
  }

  private struct Table {
    var places: [Place] = []
    var free: [Int] = []
    /// No deadline is before it.
    var earliest = UInt64.max
  }

  private let table = Mutex(Table())

  /// Remembers a record; returns the number under which it goes.
  func add(_ opaque: UInt64, deadlineMilliseconds: UInt64) -> UInt64 {
    table.withLock { table in
      table.earliest = min(table.earliest, deadlineMilliseconds)
      let place = Place(opaque: opaque, deadline: deadlineMilliseconds)
      if let index = table.free.popLast() {
        table.places[index] = place
        return ExpiringRecords.mark | UInt64(index)
      }
      table.places.append(place)
      return ExpiringRecords.mark | UInt64(table.places.count - 1)
    }
  }

  /// Forgets a record, and returns the number that its caller gave. Other numbers come back as they are.
  func remove(_ opaque: UInt64) -> UInt64 {
    guard opaque & ExpiringRecords.mark != 0 else { return opaque }
    return table.withLock { table in
      let index = Int(opaque & ~ExpiringRecords.mark)
      guard index < table.places.count else { return 0 }
      table.places[index].deadline = .max
      table.free.append(index)
      return table.places[index].opaque
    }
  }

  /// Whether the record's time is over.
  func isOver(_ opaque: UInt64, atMilliseconds now: UInt64) -> Bool {
    guard opaque & ExpiringRecords.mark != 0 else { return false }
    return table.withLock { table in
      let index = Int(opaque & ~ExpiringRecords.mark)
      return index < table.places.count && table.places[index].deadline <= now
    }
  }

  /// Whether a record is still under way at this time whose time is over.
  func isAnyOver(atMilliseconds now: UInt64) -> Bool {
    table.withLock { table in
      guard table.earliest <= now else { return false }
      // Records that were done since don't move it: it is made exact when it seems to be reached.
      table.earliest = table.places.reduce(.max) { min($0, $1.deadline) }
      return table.earliest <= now
    }
  }
}
