internal import CRdKafka
internal import Glibc

/// Records of one partition that a client gave back one after the other, in their order. They lie in the library's
/// event, which is held until they are written again or reported.
struct RecordRun {
  let event: OpaquePointer
  let topic: String
  let messages: [UnsafePointer<rd_kafka_message_t>]
  /// When the first of them was handed over, by the system's monotonic clock.
  let firstAtMicroseconds: Int64

  init(event: OpaquePointer, topic: String, messages: [UnsafePointer<rd_kafka_message_t>]) {
    self.event = event
    self.topic = topic
    self.messages = messages
    firstAtMicroseconds = messages.first.map(RecordRun.handedOverAt) ?? 0
  }

  /// In the order in which they were handed over. A client gives the end of a partition's queue back before its
  /// beginning.
  static func sort(_ runs: inout [RecordRun]) {
    // A stable order for runs that began in one microsecond.
    let places = runs.enumerated().sorted {
      ($0.element.firstAtMicroseconds, $0.offset) < ($1.element.firstAtMicroseconds, $1.offset)
    }
    runs = places.map(\.element)
  }

  /// The library tells the age only. It is asked again when this thread was interrupted in between.
  private static func handedOverAt(_ message: UnsafePointer<rd_kafka_message_t>) -> Int64 {
    var best = (error: Int64.max, time: Int64(0))
    for _ in 0..<10 {
      let before = monotonicMicroseconds()
      let age = rd_kafka_message_latency(message)
      let error = monotonicMicroseconds() - before
      if error < best.error { best = (error, before - age) }
      if error <= 1 { break }
    }
    return best.time
  }
}

/// Microseconds of the system's monotonic clock, which is the library's clock too.
func monotonicMicroseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
