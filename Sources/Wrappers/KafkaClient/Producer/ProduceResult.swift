/// What became of one record when it was handed to a producer.
public enum ProduceResult: Sendable, Equatable {
  /// It is copied and queued: exactly one delivery report follows.
  case queued
  /// There is no room; no report follows.
  case queueFull
  /// It can't be taken, and why; no report follows.
  case refused(KafkaErrorCode)
}
