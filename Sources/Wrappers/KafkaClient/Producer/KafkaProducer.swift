internal import CRdKafka
internal import Glibc
internal import Synchronization

/// Hands records to Kafka. Nothing blocks but ``close(timeoutSeconds:)`` and ``flush(timeoutSeconds:)``; any thread may
/// call.
///
/// Each record that was queued gets exactly one ``DeliveryReport``, on the producer's own delivery thread, in batches.
/// Defaults (a property of the configuration wins, except the two fixed ones): idempotence on and `acks=all` (fixed),
/// the murmur2 partitioner of Java clients, no linger, lz4, both queue limits. Without linger a lone record leaves at
/// once; under load batches form by themselves, since the threads that send don't preempt those that produce, and what
/// comes while as many requests are out as may be goes into the next ones.
public final class KafkaProducer: Sendable {
  /// Most topics that one producer keeps handles of: names may be made from outside data, and the library forgets none.
  public static let topicsMax = 10_000

  private let core: ProducerCore
  private let delivery: DeliveryThread
  private let topics = Mutex<[String: KafkaTopic]>([:])
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
    let first = try KafkaProducer.makeClient(configuration, batchBytes: nil, log: log)
    messageBytesMax = first.messageBytesMax
    let core = ProducerCore(client: first.client, recordsMax: first.queueRecordsMax, bytesMax: first.queueBytesMax)
    self.core = core
    delivery = try DeliveryThread(core: core) {
      DeliveryWork(
        core: core, configuration: configuration, batchBytes: first.batchBytes, log: log, handler: deliveries)
    }
  }

  /// The library's configuration of a producer, which the caller owns.
  static func native(_ configuration: KafkaConfiguration) throws(KafkaError) -> OpaquePointer {
    let configuration = configuration.defaulting("partitioner", to: "murmur2_random")
      .defaulting("linger.ms", to: "0")
      .defaulting("compression.type", to: "lz4")
      .defaulting("queue.buffering.max.messages", to: "200000")
      .defaulting("queue.buffering.max.kbytes", to: "262144")
    return try configuration.makeNative(fixed: KafkaConfiguration.fixedForProducers)
  }

  /// A client, and the properties that this module must know of it.
  struct Made {
    let client: ClientHandle
    let messageBytesMax: Int
    let batchBytes: Int
    let queueRecordsMax: Int
    let queueBytesMax: Int
  }

  /// Makes a client with these properties, and with a `batch.size` of its own if one is given.
  static func makeClient(
    _ configuration: KafkaConfiguration, batchBytes: Int?, log: @escaping KafkaLogHandler
  ) throws(KafkaError) -> Made {
    var configuration = configuration
    if let batchBytes {
      configuration.remove("batch.size")
      configuration = configuration.defaulting("batch.size", to: String(batchBytes))
    }
    let conf = try native(configuration)
    let messageBytesMax = number("message.max.bytes", in: conf)
    let batch = min(number("batch.size", in: conf), messageBytesMax)
    let queueRecordsMax = number("queue.buffering.max.messages", in: conf)
    let queueBytesMax = number("queue.buffering.max.kbytes", in: conf) * 1024
    _ = crdkafka_prepare_producer(conf, batch)
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
    // The end of a client is told by whoever takes over, in words that fit.
    let context = ClientContext(log: { line in if line.facility != "FATAL" { log(line) } })
    let client = try ClientHandle(RD_KAFKA_PRODUCER, conf: conf, context: context)
    return Made(
      client: client, messageBytesMax: messageBytesMax, batchBytes: batch, queueRecordsMax: queueRecordsMax,
      queueBytesMax: queueBytesMax)
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
        let made = try core.makeTopic(name)
        topics[name] = made
        return .success(made)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Gives a topic's handle back, when nobody else holds it: it counts no more. It is made anew when it is asked for.
  public func forget(topic name: String) { topics.withLock { _ = $0.removeValue(forKey: name) } }

  /// Queues one record, copying it. Never blocks and allocates nothing of its own; the key chooses the partition.
  ///
  /// - Parameters:
  ///   - key: nil for null, which goes to any partition; an empty key is a key.
  ///   - value: nil for null, a tombstone.
  ///   - headers: consumed also when the record is not taken.
  ///   - opaque: comes back in the report. Its highest bit must be 0.
  ///   - lifetimeSeconds: how long the record is worth writing. If Kafka can't have it within that time, and about a
  ///     second more, it is taken out of the queue and reported as ``KafkaErrorCode/expired``. Nil, for ever, costs
  ///     nothing.
  public func produce(
    topic: borrowing KafkaTopic, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: consuming KafkaHeaders?, opaque: UInt64, lifetimeSeconds: UInt32? = nil
  ) -> ProduceResult {
    var record = crdkafka_record()
    var headerBytes = 0
    if let headers {
      headerBytes = headers.bytes
      record.headers = headers.take()
    }
    if let key {
      record.key = key.baseAddress ?? emptyBytes
      record.key_size = key.count
    }
    if let value {
      record.value = value.baseAddress ?? emptyBytes
      record.value_size = value.count
    }
    var opaque = opaque & ~ExpiringRecords.mark
    if let lifetimeSeconds {
      let deadline = UInt64(monotonicMicroseconds() / 1000) + UInt64(lifetimeSeconds) * 1000
      opaque = core.expiring.add(opaque, deadlineMilliseconds: deadline)
    }
    record.opaque = UInt(truncatingIfNeeded: opaque)
    return core.produce(topic, &record, bytes: record.key_size + record.value_size + headerBytes)
  }

  /// Gives the delivery handler one more report, on its thread, as if a record had ended so: for a caller that must
  /// answer through the same channel about something that was never queued. Nothing happens after
  /// ``close(timeoutSeconds:)``.
  public func report(_ report: DeliveryReport) { core.inject(report) }

  /// Records that are queued or under way: those whose report was not yet handed over. Costs one relaxed load.
  public var queuedRecords: Int { core.queued.records.load(ordering: .relaxed) }

  /// Bytes of the keys, values and headers of those records, as ``KafkaHeaders`` counts them. Costs one relaxed load.
  public var queuedBytes: Int { core.queued.bytes.load(ordering: .relaxed) }

  /// ``KafkaErrorCode/fatal`` and why, while this producer takes no record, since one client after the other could not
  /// go on: the promise of no loss and no double can't be kept, or Kafka gave it no identity. It goes on trying. nil
  /// otherwise. Asks nobody.
  public var fatalError: KafkaError? { core.trouble }

  /// See ``ClientHandle``: what Kafka says of the topics that have a handle here.
  func view(timeoutSeconds: Double) -> Result<KafkaClusterView, KafkaError> {
    core.client.view(timeoutSeconds: timeoutSeconds)
  }

  /// See ``ClientHandle``.
  func isAnswered(byLeaderOf place: KafkaTopicPartition, timeoutSeconds: Double) -> Bool {
    core.client.isAnswered(byLeaderOf: place, timeoutSeconds: timeoutSeconds)
  }

  /// Why connections to brokers failed.
  var failures: BrokerFailures { core.client.failures }

  /// Waits until everything queued was reported, at most so long; true when nothing is left.
  public func flush(timeoutSeconds: Double) -> Bool {
    let until = monotonicMicroseconds() + Int64(milliseconds(timeoutSeconds)) * 1000
    // With delivery reports as events this only waits: the delivery thread makes the progress. Looked at again and
    // again, since another client may take over meanwhile.
    while queuedRecords > 0 {
      let left = until - monotonicMicroseconds()
      guard left > 0 else { return false }
      if rd_kafka_flush(core.client.pointer, Int32(min(left / 1000, 100))) == RD_KAFKA_RESP_ERR_NO_ERROR {
        usleep(1000)
      }
    }
    return true
  }

  /// Refuses new records, flushes for at most `timeoutSeconds`, gives up what is left (its reports say so), hands all
  /// reports over and ends the delivery thread. Returns how many records were given up. A second call does nothing.
  /// Don't call it on the delivery thread.
  @discardableResult
  public func close(timeoutSeconds: Double) -> Int {
    guard core.close() else { return 0 }
    var lost = 0
    if !flush(timeoutSeconds: timeoutSeconds) {
      lost = queuedRecords
      rd_kafka_purge(core.client.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
      rd_kafka_flush(core.client.pointer, KafkaProducer.purgeMilliseconds)
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
