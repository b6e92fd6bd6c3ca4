internal import Synchronization

/// The counters of one mapping to Kafka: shards add to `accepted`, the delivery thread to the rest. Each mapping's are
/// an object of their own, so that two mappings rarely share a cache line.
final class OutboundCounters: Sendable {
  let accepted = Atomic<UInt64>(0)
  let looped = Atomic<UInt64>(0)
  let hopsExceeded = Atomic<UInt64>(0)
  let refused = Atomic<UInt64>(0)
  let expired = Atomic<UInt64>(0)
  // Shards write what stands above for each message, the delivery thread what stands below for each batch.
  private let padding: InlineArray<16, UInt64> = .init(repeating: 0)
  let delivered = Atomic<UInt64>(0)

  @inline(__always)
  func accept() { accepted.wrappingAdd(1, ordering: .relaxed) }

  func refuse() { refused.wrappingAdd(1, ordering: .releasing) }

  func expire() { expired.wrappingAdd(1, ordering: .releasing) }

  /// A reading in which nothing ended that was not accepted: what ended is read first. `open` is the difference;
  /// ``KafkaBridge/unaccounted`` sets it against what the producer really holds.
  func snapshot(name: String) -> MappingCounters {
    var counters = MappingCounters(name: name, direction: .toKafka)
    counters.delivered = delivered.load(ordering: .acquiring)
    counters.refused = refused.load(ordering: .acquiring)
    counters.expired = expired.load(ordering: .acquiring)
    counters.looped = looped.load(ordering: .relaxed)
    counters.hopsExceeded = hopsExceeded.load(ordering: .relaxed)
    counters.accepted = accepted.load(ordering: .acquiring)
    counters.open = counters.accepted &- counters.delivered &- counters.refused &- counters.expired
    return counters
  }
}
