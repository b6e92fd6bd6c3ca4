internal import CRdKafka
internal import Glibc
internal import Synchronization

/// The thread that drains a producer's events: delivery reports to their handler, errors and statistics to the log.
final class DeliveryThread: Sendable {
  let queued = QueueDepth()
  private let state: State
  private let thread: ClientThread

  /// What the thread and its owner share.
  private final class State: @unchecked Sendable {
    let client: ClientHandle
    // A queue of the library may be used from any thread.
    let events: OpaquePointer
    let isStopping = Atomic<Bool>(false)
    /// Reports that were not the library's. Bounded by what callers have in flight.
    let injected = Mutex<[DeliveryReport]>([])

    init(client: ClientHandle) {
      self.client = client
      events = rd_kafka_queue_get_main(client.pointer)
    }

    deinit { rd_kafka_queue_destroy(events) }
  }

  init(
    client: ClientHandle, log: @escaping KafkaLogHandler, handler: @escaping @Sendable ([DeliveryReport]) -> Void
  ) throws(KafkaError) {
    let state = State(client: client)
    self.state = state
    thread = try ClientThread(name: "kafka-delivery") { [queued] in
      DeliveryThread.run(state, queued: queued, log: log, handler: handler)
    }
  }

  func inject(_ report: DeliveryReport) {
    state.injected.withLock { $0.append(report) }
    rd_kafka_queue_yield(state.events)
  }

  /// Waits until every queued record's report was handed over; true when it was.
  func waitUntilHandedOver(timeoutSeconds: Double) -> Bool {
    // Only used when closing, after the library said that nothing is left: the reports are at most one batch away.
    var left = Int(timeoutSeconds * 1000)
    while queued.records.load(ordering: .acquiring) > 0 {
      guard left > 0 else { return false }
      left -= 1
      usleep(1000)
    }
    return true
  }

  /// Ends the thread, after what is ready was handed over.
  func stop() {
    state.isStopping.store(true, ordering: .releasing)
    rd_kafka_queue_yield(state.events)
    thread.join()
  }

  /// Longest sleep: a wake-up can be lost only if it comes before the wait, and then costs this much.
  private static let pollMilliseconds: Int32 = 200

  private static func run(
    _ state: State, queued: QueueDepth, log: KafkaLogHandler, handler: ([DeliveryReport]) -> Void
  ) {
    var reports: [DeliveryReport] = []
    while true {
      let isStopping = state.isStopping.load(ordering: .acquiring)
      let event = rd_kafka_queue_poll(state.events, isStopping ? 0 : pollMilliseconds)
      if let event {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
          let bytes = collect(event, into: &reports)
          // Freed before the handler runs: the records' memory is the larger part of what is held.
          rd_kafka_event_destroy(event)
          handler(reports)
          queued.subtract(records: reports.count, bytes: bytes)
          reports.removeAll(keepingCapacity: true)
          continue
        case RD_KAFKA_EVENT_ERROR: tellError(event, state: state, log: log)
        case RD_KAFKA_EVENT_STATS:
          let text = rd_kafka_event_stats(event).map { String(cString: $0) } ?? ""
          log(KafkaLogLine(level: .debug, facility: "STATISTICS", text: text, code: nil))
        default: break
        }
        rd_kafka_event_destroy(event)
      }
      let own = state.injected.withLock { injected in
        let taken = injected
        injected = []
        return taken
      }
      if !own.isEmpty { handler(own) }
      if isStopping, event == nil { return }
    }
  }

  /// Appends the event's reports and returns the bytes of their keys, values and headers.
  private static func collect(_ event: OpaquePointer, into reports: inout [DeliveryReport]) -> Int {
    reports.reserveCapacity(rd_kafka_event_message_count(event))
    var bytes = 0
    while let message = rd_kafka_event_message_next(event) {
      let opaque = UInt64(UInt(bitPattern: message.pointee._private))
      bytes += message.pointee.len + message.pointee.key_len + KafkaHeaders.bytes(of: message)
      reports.append(DeliveryReport(opaque: opaque, code: KafkaErrorCode(message.pointee.err)))
    }
    return bytes
  }

  private static func tellError(_ event: OpaquePointer, state: State, log: KafkaLogHandler) {
    var code = KafkaErrorCode(rd_kafka_event_error(event))
    var text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? code.description
    if code == .fatal {
      let (cause, reason) = withErrorText { rd_kafka_fatal_error(state.client.pointer, $0, $1) }
      code = .fatal
      text = "\(KafkaErrorCode(cause)): \(reason)"
    }
    log(KafkaLogLine(level: .error, facility: "ERROR", text: text, code: code))
  }
}
