internal import CRdKafka
internal import Synchronization

// How a new client takes over.
//
// The gate is shut, so that what comes is held back. All that the old client has not written comes back from it, or is
// reported; once nothing is counted but what is held here, the new client gets the place of the old one, then what came
// back, in its order, then what was held back, and the gate opens. A record that was sent and not answered may be in
// Kafka twice then, never out of order, and never not at all.
extension DeliveryWork {
  enum Reason {
    /// The client can't go on.
    case ended
    /// Some records' time is over: they can only be taken out of the library's queue with all others.
    case expired
  }

  /// How long answers to what is under way are waited for, before it is taken back too.
  private static let answerMicroseconds: [Reason: Int64] = [.ended: 3_000_000, .expired: 1_000_000]
  private static let purgeEveryMicroseconds: Int64 = 50_000
  /// Longest pause until expired records are taken out again, however long that took. What Kafka gets when it comes
  /// back within it may have expired.
  private static let expiryPauseMicrosecondsMax: Int64 = 5_000_000
  /// How long the cluster is asked for its topics' limits.
  private static let configurationSeconds = 2.0
  /// What `batch.size` is divided by when nobody tells the topic's limit.
  private static let batchDivisor = 8

  /// Replaces the client, and has what was under way written again.
  func restart(_ reason: Reason) {
    let begin = monotonicMicroseconds()
    guard core.setGate(.holding), gather(answerMicroseconds: Self.answerMicroseconds[reason] ?? 0) else {
      return giveUp(.closed)
    }
    RecordRun.sort(&runs)
    let cause = withErrorText { rd_kafka_fatal_error(core.client.pointer, $0, $1) }
    if !narrowTopics.isEmpty {
      narrow()
    } else if reason == .ended, cause.0 != RD_KAFKA_RESP_ERR_NO_ERROR {
      let why = "\(KafkaErrorCode(cause.0)): \(cause.1)"
      if case .refuse(let pause) = policy.clientEnded(atSeconds: Double(begin) / 1e6) {
        return refuse(KafkaError(code: .fatal, reason: why), pauseSeconds: pause)
      }
      say(.warning, "the producer ended and is made anew; what was under way is written again: \(why)")
    }
    do throws(KafkaError) {
      let old = try replaceClient()
      writeAgain()
      retire(old)
    } catch {
      return refuse(error, pauseSeconds: RestartPolicy.pauseSecondsMax)
    }
    let spent = monotonicMicroseconds() - begin
    if reason == .expired {
      nextExpiryAtMicroseconds = begin + spent + min(max(20 * spent, 1_000_000), Self.expiryPauseMicrosecondsMax)
    }
  }

  /// Tries another client after a pause.
  func tryAgain() {
    // The gate is shut already; only a record that was on its way when that happened could be counted.
    guard gather(answerMicroseconds: 0) else { return giveUp(.closed) }
    do throws(KafkaError) {
      let old = try replaceClient()
      retryAtMicroseconds = nil
      writeAgain()
      retire(old)
    } catch {
      return refuse(error, pauseSeconds: RestartPolicy.pauseSecondsMax)
    }
  }

  /// Looks whether the time of records that still wait is over.
  func lookForExpired(atMicroseconds now: Int64) {
    // Kafka mostly has them within that time: who gives them a shorter one than it takes doesn't cause work here.
    let overdue = UInt64(max(0, now / 1000 - 500))
    guard now >= nextExpiryAtMicroseconds, retryAtMicroseconds == nil, core.expiring.isAnyOver(atMilliseconds: overdue)
    else { return }
    restart(.expired)
  }

  /// Ends with what is left.
  func finish() {
    giveUp(.closed)
    for retirement in retirements { retirement.join() }
    retirements = []
  }

  // MARK: steps

  /// Takes back all that the client has, until nothing is counted but what is held here; false when the producer was
  /// closed meanwhile.
  private func gather(answerMicroseconds: Int64) -> Bool {
    let begin = monotonicMicroseconds()
    var purgeAt = begin
    while true {
      // First what is held back, then what is counted: if the second is no more than the first, nobody is in between.
      let here = core.heldCount + leftovers.count + runs.reduce(0) { $0 + $1.messages.count }
      if core.queued.records.load(ordering: .sequentiallyConsistent) == here { return true }
      if core.isClosed { return false }
      let now = monotonicMicroseconds()
      if now >= purgeAt {
        purgeAt = now + Self.purgeEveryMicroseconds
        let isLate = now - begin >= answerMicroseconds
        rd_kafka_purge(
          core.client.pointer,
          RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING | (isLate ? RD_KAFKA_PURGE_F_INFLIGHT : 0))
      }
      if let event = rd_kafka_queue_poll(core.events, 5) { take(event) }
    }
  }

  /// Makes batches small enough for all topics.
  private func narrow() {
    let told = TopicConfiguration.messageBytesMax(
      of: narrowTopics, client: core.client, timeoutSeconds: Self.configurationSeconds)
    topicBytesMax.merge(told) { $1 }
    let least = narrowTopics.compactMap { told[$0] }.min() ?? .max
    let before = batchBytes
    batchBytes = max(1, least < batchBytes ? least : batchBytes / Self.batchDivisor)
    say(
      .warning,
      "batches have at most \(batchBytes) bytes from now on, not \(before): Kafka refused larger ones for the topic "
        + "\(narrowTopics.sorted().joined(separator: ", ")), whose max.message.bytes is "
        + (least == .max ? "not told" : String(least)) + "; they are written again")
    narrowTopics = []
  }

  /// Puts a new client in the place of the old one, which is returned: what came back from it still lies in it.
  private func replaceClient() throws(KafkaError) -> ClientHandle {
    let made = try KafkaProducer.makeClient(configuration, batchBytes: batchBytes, log: log)
    let old = try core.replaceClient(with: made.client)
    clientSinceMicroseconds = monotonicMicroseconds()
    clientWasReplaced()
    return old
  }

  private func retire(_ old: ClientHandle) {
    retirements.removeAll { retirement in
      guard retirement.isDone else { return false }
      retirement.join()
      return true
    }
    if let retirement = try? Retirement(old) { retirements.append(retirement) }
  }

  /// Gives the new client all that is held here, and opens the gate. If that one ends meanwhile, the rest stays here,
  /// and the gate shut.
  private func writeAgain() {
    let now = UInt64(monotonicMicroseconds() / 1000)
    var topics: [String: KafkaTopic] = [:]
    let older = leftovers
    leftovers = []
    for run in runs {
      let topic = topics[run.topic] ?? (try? core.makeTopic(run.topic))
      topics[run.topic] = topic
      for message in run.messages { writeAgain(message, topic, run.topic, nowMilliseconds: now) }
      rd_kafka_event_destroy(run.event)
    }
    runs = []
    for record in older { writeAgain(record, nowMilliseconds: now) }
    handOverReports()
    while leftovers.isEmpty, let held = core.openGate(), !held.isEmpty {
      for record in held { writeAgain(record, nowMilliseconds: now) }
      handOverReports()
    }
    if core.isClosed { giveUp(.closed) }
  }

  private func writeAgain(
    _ message: UnsafePointer<rd_kafka_message_t>, _ topic: KafkaTopic?, _ name: String, nowMilliseconds now: UInt64
  ) {
    let opaque = UInt64(UInt(bitPattern: message.pointee._private))
    guard !core.expiring.isOver(opaque, atMilliseconds: now) else { return report(message, .expired) }
    guard let topic else { return report(message, .fatal, topic: name) }
    let bytes = message.pointee.len + message.pointee.key_len + KafkaHeaders.bytes(of: message)
    var record = crdkafka_record()
    record.topic = topic.pointer
    if let key = message.pointee.key {
      (record.key, record.key_size) = (UnsafeRawPointer(key), message.pointee.key_len)
    }
    if let value = message.pointee.payload {
      (record.value, record.value_size) = (UnsafeRawPointer(value), message.pointee.len)
    }
    var headers: OpaquePointer?
    if rd_kafka_message_detach_headers(UnsafeMutablePointer(mutating: message), &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      record.headers = headers
    }
    record.opaque = UInt(truncatingIfNeeded: opaque)
    switch crdkafka_produce(core.client.pointer, &record) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: break
    case RD_KAFKA_RESP_ERR__FATAL: leftovers.append(HeldRecord(topic: topic, record: record, bytes: bytes))
    case let error:
      if let list = record.headers { rd_kafka_headers_destroy(list) }
      report(opaque, KafkaErrorCode(error), topic: name, bytes: bytes)
    }
  }

  private func writeAgain(_ record: HeldRecord, nowMilliseconds now: UInt64) {
    let isOver = core.expiring.isOver(record.opaque, atMilliseconds: now)
    let code = isOver ? .expired : record.produce(to: core.client.pointer)
    if code == .fatal {
      leftovers.append(record)
    } else if code != .success {
      report(record.opaque, code, topic: record.topic.name, bytes: record.bytes)
    }
  }

  /// Refuses all that is held here, and what comes, for some time.
  private func refuse(_ error: KafkaError, pauseSeconds: Double) {
    say(.error, "the producer ended again, and is tried again in \(Int(pauseSeconds)) s: \(error.reason)")
    core.setTrouble(KafkaError(code: .fatal, reason: error.reason))
    retryAtMicroseconds = monotonicMicroseconds() + Int64(pauseSeconds * 1e6)
    // First the gate, so that nothing is held back after this.
    _ = core.setGate(.refusing)
    giveUp(.fatal)
  }

  /// Reports all that is held here as given up.
  private func giveUp(_ code: KafkaErrorCode) {
    for run in runs {
      for message in run.messages { report(message, code, topic: run.topic) }
      rd_kafka_event_destroy(run.event)
    }
    runs = []
    narrowTopics = []
    let records = leftovers + core.takeHeld()
    leftovers = []
    for record in records { report(record.opaque, code, topic: record.topic.name, bytes: record.bytes) }
    handOverReports()
  }

  private func say(_ level: KafkaLogLine.Level, _ text: String) {
    log(KafkaLogLine(level: level, facility: "RESTART", text: text, code: nil))
  }
}
