/// Notices mappings whose records don't move: from one look to the next something was open all the time and nothing
/// ended. A value without I/O.
struct StallWatch {
  /// A mapping that stopped or moves again.
  struct Change {
    let counters: MappingCounters
    let isStalled: Bool

    /// What to tell the operator.
    var event: String {
      guard isStalled else { return "records of a mapping move again" }
      return switch counters.direction {
      case .toKafka:
        "Kafka answers, but takes no records of a mapping: publishes wait unacknowledged; has each partition of the "
          + "topic a leader, and enough replicas in sync (min.insync.replicas)?"
      case .fromKafka: "records from Kafka wait for subscribers that don't acknowledge them"
      }
    }
  }

  private struct Key: Hashable {
    let name: String
    let direction: MappingCounters.Direction
  }

  private struct Seen {
    var ended: UInt64
    var open: UInt64
    var isStalled: Bool
  }

  private var seen: [Key: Seen] = [:]

  /// Looks at what all mappings have counted, and returns what changed since the last look.
  mutating func look(at all: [MappingCounters]) -> [Change] {
    var changes: [Change] = []
    for counters in all {
      let key = Key(name: counters.name, direction: counters.direction)
      let ended = counters.delivered &+ counters.refused &+ counters.expired
      let last = seen[key]
      let isStalled = last.map { $0.open > 0 && $0.ended == ended && counters.open > 0 } ?? false
      if isStalled != last?.isStalled ?? false { changes.append(Change(counters: counters, isStalled: isStalled)) }
      seen[key] = Seen(ended: ended, open: counters.open, isStalled: isStalled)
    }
    return changes
  }
}
