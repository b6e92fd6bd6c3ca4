/// Where partitions without a committed offset begin, for a group that shall leave out what was in Kafka before it
/// (`auto.offset.reset=latest`). Only that is left out: a topic or partition that appears later is read from its
/// beginning. A value without I/O.
struct StartPositions {
  /// Where to begin.
  enum Start: Equatable { case atCommitted, atBeginning, atEnd }

  /// Partitions that each topic had when the consumer began; nil until that is known.
  private var known: [String: Int]?
  /// Partitions that were begun: what they have done is committed from then on, so that one without an offset is a
  /// new one of the same name.
  private var begun: Set<KafkaTopicPartition> = []

  /// Whether it is known what there was when the consumer began.
  var isReady: Bool { known != nil }

  /// Takes what there was. Only the first time counts.
  mutating func learned(_ partitionCounts: [String: Int]) { if known == nil { known = partitionCounts } }

  /// Where an assigned partition begins.
  /// - Parameter committed: the partitions of its topic that have an offset in the group.
  mutating func begin(_ place: KafkaTopicPartition, committed: Set<Int32>) -> Start {
    let isAgain = !begun.insert(place).inserted
    if committed.contains(place.partition) { return .atCommitted }
    // The group knows partitions before it, each of which got an offset when it was begun: this one is newer.
    if isAgain || committed.max().map({ $0 < place.partition }) ?? false { return .atBeginning }
    return Int(place.partition) < known?[place.topic] ?? 0 ? .atEnd : .atBeginning
  }
}
