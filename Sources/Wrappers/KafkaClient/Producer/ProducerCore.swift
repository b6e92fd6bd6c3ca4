internal import CRdKafka
internal import Glibc
internal import Synchronization

/// What all threads of a producer share: the library's client of now, and what is held back while the next one takes
/// over. `DeliveryWork` does that, on the delivery thread.
///
/// Whoever hands a record over counts it first, and then looks at the gate. So when the gate is shut, and nothing is
/// counted but what the delivery thread holds itself, nobody uses the client or its topics, and they can be replaced
/// without a lock in the way of each record.
final class ProducerCore: @unchecked Sendable {
  let queued = QueueDepth()
  let expiring = ExpiringRecords()
  private let gate = Atomic<ProducerGate>(.open)
  // The client's own pointer, for those who hand records over. See above for when it changes.
  @exclusivity(unchecked) private var native: OpaquePointer
  private let held = Mutex<[HeldRecord]>([])
  private let shared: Mutex<Shared>
  /// The topics of this client, by their addresses, that have taken a record, and since when each is gone: 0 is not.
  private let takers = Mutex<[UInt: Int64]>([:])
  /// Most records and bytes that are held back, as the library holds at most so many.
  private let recordsMax: Int
  private let bytesMax: Int

  /// A topic as long as somebody uses it.
  private struct WeakTopic { weak var topic: KafkaTopic? }

  private struct Shared {
    var client: ClientHandle
    var events: OpaquePointer
    var topics: [WeakTopic] = []
    /// When the topics that are gone are looked for next.
    var topicsToSweepAt = 64
    /// Reports that are not the library's. Bounded by what callers have in flight.
    var injected: [DeliveryReport] = []
    /// Why the last client ended, until another one is seen to go on.
    var trouble: KafkaError?
  }

  init(client: ClientHandle, recordsMax: Int, bytesMax: Int) {
    native = client.pointer
    self.recordsMax = recordsMax
    self.bytesMax = bytesMax
    shared = Mutex(Shared(client: client, events: rd_kafka_queue_get_main(client.pointer)))
  }

  deinit { shared.withLock { rd_kafka_queue_destroy($0.events) } }

  // MARK: any thread

  /// Hands one record to the client, or holds it back. Takes the record's headers over in any case.
  @inline(__always)
  func produce(_ topic: borrowing KafkaTopic, _ record: inout crdkafka_record, bytes: Int) -> ProduceResult {
    queued.add(records: 1, bytes: bytes)
    var error = RD_KAFKA_RESP_ERR__FATAL
    if gate.load(ordering: .sequentiallyConsistent) == .open {
      record.topic = topic.pointer
      error = crdkafka_produce(native, &record)
      if error == RD_KAFKA_RESP_ERR_NO_ERROR { return .queued }
    }
    return produceSlowly(copy topic, record, bytes, after: error)
  }

  /// The client is of no use now, or has refused the record.
  private func produceSlowly(
    _ topic: KafkaTopic, _ first: crdkafka_record, _ bytes: Int, after firstError: rd_kafka_resp_err_t
  ) -> ProduceResult {
    var record = first
    var error = firstError
    while error == RD_KAFKA_RESP_ERR__FATAL {
      let isFull =
        queued.records.load(ordering: .relaxed) > recordsMax || queued.bytes.load(ordering: .relaxed) > bytesMax
      // As above: only whoever found the gate open after it was counted may touch the client.
      let clientEnded =
        gate.load(ordering: .sequentiallyConsistent) == .open
        && rd_kafka_fatal_error(native, nil, 0) != RD_KAFKA_RESP_ERR_NO_ERROR
      let state = held.withLock { held in
        // The first to meet a client that has ended shuts the gate; the delivery thread soon hears of it too.
        if gate.load(ordering: .relaxed) == .open, clientEnded {
          gate.store(.holding, ordering: .sequentiallyConsistent)
        }
        let state = gate.load(ordering: .relaxed)
        if state == .holding, !isFull { held.append(HeldRecord(topic: topic, record: record, bytes: bytes)) }
        return state
      }
      switch state {
      case .holding:
        if !isFull { return .queued }
        error = RD_KAFKA_RESP_ERR__QUEUE_FULL
      case .refusing: return giveBack(record, bytes, .refused(.fatal))
      case .closed: return giveBack(record, bytes, .refused(.closed))
      case .open:
        record.topic = topic.pointer
        error = crdkafka_produce(native, &record)
        if error == RD_KAFKA_RESP_ERR_NO_ERROR { return .queued }
      }
    }
    if error == RD_KAFKA_RESP_ERR__QUEUE_FULL { return giveBack(record, bytes, .queueFull) }
    return giveBack(record, bytes, .refused(refine(KafkaErrorCode(error), of: record.topic)))
  }

  private func giveBack(_ record: crdkafka_record, _ bytes: Int, _ result: ProduceResult) -> ProduceResult {
    if let list = record.headers { rd_kafka_headers_destroy(list) }
    _ = expiring.remove(UInt64(record.opaque))
    queued.subtract(records: 1, bytes: bytes)
    return result
  }

  /// A topic that is unknown, and has taken records before, may be just about to be made anew: that is another thing
  /// than one that never was.
  func refine(_ code: KafkaErrorCode, of topic: OpaquePointer?) -> KafkaErrorCode {
    guard code == .unknownTopic || code == .unknownTopicOrPartition, let topic else { return code }
    let now = monotonicMicroseconds()
    let address = UInt(bitPattern: topic)
    let isGone = takers.withLock { takers in
      guard let goneSince = takers[address] else { return false }
      if goneSince == 0 { takers[address] = now }
      return goneSince == 0 || now - goneSince < ProducerCore.anewMicroseconds
    }
    return isGone ? .topicGone : code
  }

  /// How long a topic that is gone is taken for one that is being made anew.
  private static let anewMicroseconds: Int64 = 30_000_000

  func makeTopic(_ name: String) throws(KafkaError) -> KafkaTopic {
    let result: Result<KafkaTopic, KafkaError> = shared.withLock { shared in
      do throws(KafkaError) {
        let topic = try KafkaTopic(name: name, client: shared.client)
        if shared.topics.count >= shared.topicsToSweepAt {
          shared.topics.removeAll { $0.topic == nil }
          shared.topicsToSweepAt = 64 + 2 * shared.topics.count
        }
        shared.topics.append(WeakTopic(topic: topic))
        return .success(topic)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  func inject(_ report: DeliveryReport) {
    shared.withLock { shared in
      shared.injected.append(report)
      rd_kafka_queue_yield(shared.events)
    }
  }

  func wake() { shared.withLock { rd_kafka_queue_yield($0.events) } }

  var client: ClientHandle { shared.withLock { $0.client } }

  /// Why clients end, one after the other; nil when one goes on.
  var trouble: KafkaError? { shared.withLock { $0.trouble } }

  /// Takes nothing any more; false when it was so already.
  func close() -> Bool {
    held.withLock { _ in gate.exchange(.closed, ordering: .sequentiallyConsistent) != .closed }
  }

  var isClosed: Bool { gate.load(ordering: .acquiring) == .closed }
  var isHolding: Bool { gate.load(ordering: .acquiring) == .holding }

  // MARK: the delivery thread only

  func takeInjected() -> [DeliveryReport] {
    shared.withLock { shared in
      let taken = shared.injected
      shared.injected = []
      return taken
    }
  }

  /// Only this thread replaces it, so that it may go on using what it got.
  var events: OpaquePointer { shared.withLock { $0.events } }

  /// Remembers that a topic takes records.
  func took(_ topic: OpaquePointer) {
    let address = UInt(bitPattern: topic)
    takers.withLock { $0[address] = 0 }
  }

  func setTrouble(_ error: KafkaError?) { shared.withLock { $0.trouble = error } }

  /// Shuts or opens the gate, unless it is closed for good; false then.
  func setGate(_ state: ProducerGate) -> Bool {
    held.withLock { _ in
      guard gate.load(ordering: .relaxed) != .closed else { return false }
      gate.store(state, ordering: .sequentiallyConsistent)
      return true
    }
  }

  var heldCount: Int { held.withLock { $0.count } }

  func takeHeld() -> [HeldRecord] {
    held.withLock { held in
      let taken = held
      held = []
      return taken
    }
  }

  /// Opens the gate if nothing is held back; returns what is otherwise. Nil when it is closed for good.
  func openGate() -> [HeldRecord]? {
    held.withLock { held in
      guard gate.load(ordering: .relaxed) != .closed else { return nil }
      if held.isEmpty { gate.store(.open, ordering: .sequentiallyConsistent) }
      let taken = held
      held = []
      return taken
    }
  }

  /// Puts another client in the place of the one of now, with all topics. Only while nobody hands a record over.
  /// Returns what is to be destroyed.
  func replaceClient(with other: ClientHandle) throws(KafkaError) -> ClientHandle {
    let result: Result<ClientHandle, KafkaError> = shared.withLock { shared in
      do throws(KafkaError) {
        for place in shared.topics { try place.topic?.move(to: other) }
      } catch { return .failure(error) }
      let old = shared.client
      rd_kafka_queue_destroy(shared.events)
      shared.client = other
      shared.events = rd_kafka_queue_get_main(other.pointer)
      native = other.pointer
      takers.withLock { $0 = [:] }
      return .success(old)
    }
    return try result.get()
  }
}
