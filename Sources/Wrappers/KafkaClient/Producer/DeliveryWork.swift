internal import CRdKafka

/// What the delivery thread does with a client's events: reports go to their handler, errors and statistics to the log,
/// and what a client gave back, because it ended, is kept for the next one.
///
/// Confined to that thread.
final class DeliveryWork {
  let core: ProducerCore
  /// What each client is made with, but for `batch.size`.
  let configuration: KafkaConfiguration
  let log: KafkaLogHandler
  private let handler: ([DeliveryReport]) -> Void
  /// The `batch.size` of the client of now.
  var batchBytes: Int
  /// What this client gave back to be written again.
  var runs: [RecordRun] = []
  /// What the next client did not take, since it ended meanwhile: younger than `runs`, older than what is held back.
  var leftovers: [HeldRecord] = []
  /// Topics in `runs` for which a batch was too large, and what is known of such topics.
  var narrowTopics: Set<String> = []
  var topicBytesMax: [String: Int] = [:]
  var policy = RestartPolicy()
  /// When the next client is tried, while none is.
  var retryAtMicroseconds: Int64?
  var clientSinceMicroseconds = monotonicMicroseconds()
  var nextExpiryAtMicroseconds: Int64 = 0
  var retirements: [Retirement] = []
  private var hasEnded = false
  private var reports: [DeliveryReport] = []
  private var reportedBytes = 0
  private var reportedRecords = 0

  init(
    core: ProducerCore, configuration: KafkaConfiguration, batchBytes: Int, log: @escaping KafkaLogHandler,
    handler: @escaping ([DeliveryReport]) -> Void
  ) {
    self.core = core
    self.configuration = configuration
    self.batchBytes = batchBytes
    self.log = log
    self.handler = handler
  }

  /// Takes one event over.
  func take(_ event: OpaquePointer) {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_DR: return takeReports(event)
    case RD_KAFKA_EVENT_ERROR: tellError(event)
    case RD_KAFKA_EVENT_STATS:
      let text = rd_kafka_event_stats(event).map { String(cString: $0) } ?? ""
      log(KafkaLogLine(level: .debug, facility: "STATISTICS", text: text, code: nil))
    default: break
    }
    rd_kafka_event_destroy(event)
  }

  /// Does what is due after each event, and at least several times a second.
  func lookAfter() {
    let own = core.takeInjected()
    if !own.isEmpty { handler(own) }
    if hasEnded || !runs.isEmpty || core.isHolding {
      hasEnded = false
      return retryAtMicroseconds == nil ? restart(.ended) : ()
    }
    let now = monotonicMicroseconds()
    if let retry = retryAtMicroseconds {
      if now >= retry { tryAgain() }
    } else if core.trouble != nil, now - clientSinceMicroseconds > DeliveryWork.soundAfterMicroseconds {
      core.setTrouble(nil)
    }
    lookForExpired(atMicroseconds: now)
  }

  /// A client that lives so long is taken for one that goes on.
  private static let soundAfterMicroseconds: Int64 = 5_000_000

  /// What the client before said is past.
  func clientWasReplaced() { hasEnded = false }

  // MARK: reports

  private func takeReports(_ event: OpaquePointer) {
    reports.reserveCapacity(rd_kafka_event_message_count(event))
    var kept: [UnsafePointer<rd_kafka_message_t>] = []
    var topic: String?
    var taker: OpaquePointer?
    while let message = rd_kafka_event_message_next(event) {
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        report(message, .success)
        taker = message.pointee.rkt
        continue
      }
      let code = core.refine(KafkaErrorCode(message.pointee.err), of: message.pointee.rkt)
      let name = topic ?? rd_kafka_topic_name(message.pointee.rkt).map { String(cString: $0) } ?? ""
      topic = name
      if isToBeWrittenAgain(message, code, name) {
        kept.append(message)
      } else {
        report(message, code, topic: name)
      }
    }
    if let taker { core.took(taker) }
    // Freed before the handler runs: the records' memory is the larger part of what is held.
    if kept.isEmpty {
      rd_kafka_event_destroy(event)
    } else {
      runs.append(RecordRun(event: event, topic: topic ?? "", messages: kept))
    }
    handOverReports()
  }

  /// Whether a record failed through no fault of its own, since its client ended.
  private func isToBeWrittenAgain(_ message: UnsafePointer<rd_kafka_message_t>, _ code: KafkaErrorCode, _ topic: String)
    -> Bool
  {
    guard !core.isClosed else { return false }
    switch code {
    case .purgedInQueue, .purgedInFlight, .fatal: return true
    case .messageTooLarge:
      // Alone in its batch it is too large itself.
      guard crdkafka_had_company(message, batchBytes) != 0 else { return false }
      narrowTopics.insert(topic)
      return true
    default:
      let cause = KafkaErrorCode(rd_kafka_fatal_error(core.client.pointer, nil, 0))
      return cause != .success && (code == cause || code.isOfClient)
    }
  }

  /// Adds a report about a record that the library still has.
  func report(_ message: UnsafePointer<rd_kafka_message_t>, _ code: KafkaErrorCode, topic: String? = nil) {
    let bytes = message.pointee.len + message.pointee.key_len + KafkaHeaders.bytes(of: message)
    let size = topic == nil ? 0 : message.pointee.len + message.pointee.key_len + crdkafka_header_bytes(message)
    report(UInt64(UInt(bitPattern: message.pointee._private)), code, topic: topic, bytes: bytes, size: size)
  }

  /// Adds a report: of a record that was counted as so many bytes, and has `size` in Kafka, where that is another.
  func report(_ opaque: UInt64, _ code: KafkaErrorCode, topic: String?, bytes: Int, size: Int? = nil) {
    let failure =
      code == .success || code == .expired
      ? nil
      : topic.map { topic in
        DeliveryFailure(
          topic: topic, bytes: size ?? bytes, topicBytesMax: code == .messageTooLarge ? topicBytesMax[topic] : nil)
      }
    reportedRecords += 1
    reportedBytes += bytes
    reports.append(DeliveryReport(opaque: core.expiring.remove(opaque), code: code, failure: failure))
  }

  /// Gives the handler what was added, and counts it out of what the producer holds.
  func handOverReports() {
    guard !reports.isEmpty else { return }
    handler(reports)
    core.queued.subtract(records: reportedRecords, bytes: reportedBytes)
    reports.removeAll(keepingCapacity: true)
    (reportedRecords, reportedBytes) = (0, 0)
  }

  // MARK: errors

  private func tellError(_ event: OpaquePointer) {
    // Told by whoever takes over. The event has the cause's code.
    if rd_kafka_fatal_error(core.client.pointer, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR {
      hasEnded = true
      return
    }
    let code = KafkaErrorCode(rd_kafka_event_error(event))
    let text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? code.description
    log(KafkaLogLine(level: .error, facility: "ERROR", text: text, code: code))
  }
}
