internal import CRdKafka
internal import Synchronization

/// Hands records to Kafka. Nothing blocks but ``close(timeoutSeconds:)`` and ``probe(timeoutSeconds:)``; any thread may
/// call.
///
/// Each record that was queued gets exactly one ``DeliveryReport``, on the producer's own delivery thread, in batches.
/// Defaults (a property of the configuration wins, except the two fixed ones): idempotence on and `acks=all` (fixed),
/// the murmur2 partitioner of Java clients, 5 ms linger, lz4, both queue limits.
public final class KafkaProducer: Sendable {
  /// Most topics that one producer keeps handles of: names may be made from outside data, and the library forgets none.
  public static let topicsMax = 10_000

  private let client: ClientHandle
  private let delivery: DeliveryThread
  private let topics = Mutex<[String: KafkaTopic]>([:])
  private let isClosed = Atomic<Bool>(false)
  /// Most bytes in one record, as configured by `message.max.bytes`.
  public let messageBytesMax: Int

  /// Makes the client and starts its threads. It does not wait for Kafka; a broker that is down is told to the log.
  /// Throws which property is wrong and why.
  /// - Parameters:
  ///   - log: takes the library's log, error and statistics lines, on its threads.
  ///   - deliveries: takes the reports, one call for each batch, on the delivery thread. Until it returns no further
  ///     reports are read.
  public init(
    configuration: KafkaConfiguration, log: @escaping KafkaLogHandler,
    deliveries: @escaping @Sendable ([DeliveryReport]) -> Void
  ) throws(KafkaError) {
    for notice in configuration.notices {
      log(KafkaLogLine(level: .warning, facility: "CONFIGURATION", text: notice, code: nil))
    }
    let conf = try Self.native(configuration)
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
    messageBytesMax = KafkaProducer.number("message.max.bytes", in: conf)
    client = try ClientHandle(RD_KAFKA_PRODUCER, conf: conf, context: ClientContext(log: log))
    delivery = try DeliveryThread(client: client, log: log, handler: deliveries)
  }

  /// The library's configuration of a producer, which the caller owns.
  static func native(_ configuration: KafkaConfiguration) throws(KafkaError) -> OpaquePointer {
    let configuration = configuration.defaulting("partitioner", to: "murmur2_random")
      .defaulting("linger.ms", to: "5")
      .defaulting("compression.type", to: "lz4")
      .defaulting("queue.buffering.max.messages", to: "200000")
      .defaulting("queue.buffering.max.kbytes", to: "262144")
    return try configuration.makeNative(fixed: KafkaConfiguration.fixedForProducers)
  }

  deinit { close(timeoutSeconds: 0) }

  /// The topic's handle, made on the first call, which also asks Kafka for its partitions and leaders, without waiting.
  /// Throws when Kafka could not have a topic of that name, or when there are ``topicsMax`` already.
  public func topic(named name: String) throws(KafkaError) -> KafkaTopic {
    let result: Result<KafkaTopic, KafkaError> = topics.withLock { topics in
      if let known = topics[name] { return .success(known) }
      guard topics.count < KafkaProducer.topicsMax else {
        let reason = "\(KafkaProducer.topicsMax) Kafka topics are in use; \(name) would be one more"
        return .failure(KafkaError(code: .invalidArgument, reason: reason))
      }
      do throws(KafkaError) {
        let made = try KafkaTopic(name: name, client: client)
        topics[name] = made
        return .success(made)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Queues one record, copying it. Never blocks and allocates nothing of its own; the key chooses the partition.
  ///
  /// - Parameters:
  ///   - key: nil for null, which goes to any partition; an empty key is a key.
  ///   - value: nil for null, a tombstone.
  ///   - headers: consumed also when the record is not taken.
  ///   - opaque: comes back in the report.
  public func produce(
    topic: borrowing KafkaTopic, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: consuming KafkaHeaders?, opaque: UInt64
  ) -> ProduceResult {
    var record = crdkafka_record()
    var headerBytes = 0
    if let headers {
      headerBytes = headers.bytes
      record.headers = headers.take()
    }
    if isClosed.load(ordering: .relaxed) {
      if let list = record.headers { rd_kafka_headers_destroy(list) }
      return .refused(.closed)
    }
    record.topic = topic.pointer
    if let key {
      record.key = key.baseAddress ?? emptyBytes
      record.key_size = key.count
    }
    if let value {
      record.value = value.baseAddress ?? emptyBytes
      record.value_size = value.count
    }
    record.opaque = UInt(truncatingIfNeeded: opaque)
    let bytes = record.key_size + record.value_size + headerBytes
    delivery.queued.add(records: 1, bytes: bytes)
    let error = crdkafka_produce(client.pointer, &record)
    if error == RD_KAFKA_RESP_ERR_NO_ERROR { return .queued }
    delivery.queued.subtract(records: 1, bytes: bytes)
    if let list = record.headers { rd_kafka_headers_destroy(list) }
    return error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? .queueFull : .refused(KafkaErrorCode(error))
  }

  /// Gives the delivery handler one more report, on its thread, as if a record had ended so: for a caller that must
  /// answer through the same channel about something that was never queued. Nothing happens after
  /// ``close(timeoutSeconds:)``.
  public func report(_ report: DeliveryReport) { delivery.inject(report) }

  /// Records that are queued or under way: those whose report was not yet handed over. Costs one relaxed load.
  public var queuedRecords: Int { delivery.queued.records.load(ordering: .relaxed) }

  /// Bytes of the keys, values and headers of those records, as ``KafkaHeaders`` counts them. Costs one relaxed load.
  public var queuedBytes: Int { delivery.queued.bytes.load(ordering: .relaxed) }

  /// Asks any broker for metadata and waits for the answer, without touching what is queued. nil when Kafka can be
  /// reached, also when it refuses for want of rights. ``KafkaErrorCode/fatal`` when this producer takes no record any
  /// more and must be made anew: the promise of no loss and no double can't be kept, or Kafka gave it no identity.
  public func probe(timeoutSeconds: Double) -> KafkaError? { client.probe(timeoutSeconds: timeoutSeconds) }

  /// Waits until everything queued was reported, at most so long; true when nothing is left.
  public func flush(timeoutSeconds: Double) -> Bool {
    // With delivery reports as events this only waits: the delivery thread makes the progress.
    rd_kafka_flush(client.pointer, milliseconds(timeoutSeconds)) == RD_KAFKA_RESP_ERR_NO_ERROR
      && delivery.waitUntilHandedOver(timeoutSeconds: 1)
  }

  /// Refuses new records, flushes for at most `timeoutSeconds`, gives up what is left (its reports say so), hands all
  /// reports over and ends the delivery thread. Returns how many records were given up. A second call does nothing.
  /// Don't call it on the delivery thread.
  @discardableResult
  public func close(timeoutSeconds: Double) -> Int {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return 0 }
    var lost = 0
    if rd_kafka_flush(client.pointer, milliseconds(timeoutSeconds)) != RD_KAFKA_RESP_ERR_NO_ERROR {
      lost = queuedRecords
      rd_kafka_purge(client.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
      rd_kafka_flush(client.pointer, KafkaProducer.purgeMilliseconds)
    }
    _ = delivery.waitUntilHandedOver(timeoutSeconds: 1)
    delivery.stop()
    topics.withLock { $0.removeAll() }
    return lost
  }

  /// How long the reports of purged records may take: they come at once from the library's own threads.
  private static let purgeMilliseconds: Int32 = 5_000

  private static func number(_ name: String, in conf: OpaquePointer) -> Int {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
      text.initialize(repeating: 0)
      var size = text.count
      guard rd_kafka_conf_get(conf, name, text.baseAddress, &size) == RD_KAFKA_CONF_OK, let start = text.baseAddress
      else { return 0 }
      return Int(String(cString: start)) ?? 0
    }
  }
}
