/// Whether records of one mapping can come from Kafka.
enum ReaderState: Sendable, Equatable {
  /// It isn't known yet whether the brokers that it needs can be reached.
  case connecting
  /// They can be; the group has not given it its share yet. What it waits for, in words.
  case joining(String)
  /// It reads.
  case reading
  /// A broker that it needs doesn't answer: which, and why.
  case unreachable(String)
  /// Kafka answers and lets it read nothing: why.
  case refused(String)

  /// Why nothing is read, in words; nil while something may be.
  var problem: String? {
    switch self {
    case .connecting: "it has not reached its consumer group's coordinator yet"
    case .joining(let reason), .unreachable(let reason), .refused(let reason): reason
    case .reading: nil
    }
  }
}
