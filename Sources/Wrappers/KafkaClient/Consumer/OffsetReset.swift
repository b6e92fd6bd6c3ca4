/// An offset at which Kafka has nothing any more, so that the client went to the beginning of what there is: as the
/// library's line says it.
struct OffsetReset: Equatable {
  let place: KafkaTopicPartition
  let offset: Int64

  init(_ place: KafkaTopicPartition, offset: Int64) {
    self.place = place
    self.offset = offset
  }

  /// Reads a line of the kind OFFSET, `[thrd:main]: topic [3]: offset reset (at offset 100, broker 1) to ...`. nil when
  /// it is about something else.
  init?(_ line: String) {
    var rest = line[...]
    if rest.hasPrefix("[thrd:") {
      guard let end = rest.firstRange(of: "]: ") else { return nil }
      rest = rest[end.upperBound...]
    }
    guard let open = rest.firstRange(of: " ["),
      let close = rest.firstRange(of: "]: offset reset (at offset "), open.upperBound <= close.lowerBound,
      let partition = Int32(rest[open.upperBound..<close.lowerBound]),
      let offset = Int64(rest[close.upperBound...].prefix { $0.isNumber })
    else { return nil }
    self.init(KafkaTopicPartition(topic: String(rest[..<open.lowerBound]), partition: partition), offset: offset)
  }
}
