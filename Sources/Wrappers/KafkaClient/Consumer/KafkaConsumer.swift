internal import CRdKafka
internal import Synchronization

/// Reads topics as a member of a consumer group. One thread makes every call of the library; other threads leave
/// commands, which it carries out between batches.
///
/// Offsets are stored only by ``store(_:offset:)`` and committed by the library once a second, before a revocation and
/// on close. Fixed properties: `enable.auto.offset.store=false`, `partition.assignment.strategy=range,roundrobin`
/// (librdkafka before 2.3 crashes when a cooperative consumer is closed). Defaults: `auto.offset.reset=earliest`, so
/// that a new group, or a topic that a pattern finds later, misses nothing; such topics, and named ones that were
/// missing, are looked for every 30 s (`topic.metadata.refresh.interval.ms`).
public final class KafkaConsumer: Sendable {
  private let loop: ConsumerLoop
  private let thread = Mutex<ClientThread?>(nil)

  /// Makes the client and subscribes; reading begins with ``start()``. It does not wait for Kafka.
  /// - Parameters:
  ///   - topics: what to read; all of it is one subscription.
  ///   - handler: gets the records; held until the consumer is closed.
  public init(
    configuration: KafkaConfiguration, group: String, topics: [KafkaTopicPattern], log: @escaping KafkaLogHandler,
    handler: any KafkaConsumerHandler
  ) throws(KafkaError) {
    for notice in configuration.notices {
      log(KafkaLogLine(level: .warning, facility: "CONFIGURATION", text: notice, code: nil))
    }
    let configuration = configuration.defaulting("auto.offset.reset", to: "earliest")
      .defaulting("auto.commit.interval.ms", to: "1000")
      .defaulting("topic.metadata.refresh.interval.ms", to: "30000")
      // A minute of prefetch would be memory that nobody asked for.
      .defaulting("queued.min.messages", to: "10000")
      .defaulting("queued.max.messages.kbytes", to: "16384")
    let conf = try configuration.makeNative(fixed: KafkaConfiguration.fixedForConsumers + [("group.id", group)])
    loop = try ConsumerLoop(conf: conf, log: log, handler: handler)
    try loop.subscribe(to: topics.map(\.text))
  }

  /// Starts the thread that reads. A second call does nothing.
  public func start() throws(KafkaError) {
    let result: Result<Void, KafkaError> = thread.withLock { thread in
      guard thread == nil else { return .success(()) }
      do throws(KafkaError) {
        thread = try ClientThread(name: "kafka-consumer") { [loop] in loop.run() }
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Fetches nothing of this partition until it is resumed; records that were fetched are fetched again then.
  public func pause(_ partition: KafkaTopicPartition) { loop.post(pause: true, of: partition) }

  /// Ends a pause.
  public func resume(_ partition: KafkaTopicPartition) { loop.post(pause: false, of: partition) }

  /// Goes on reading at this offset.
  public func seek(_ partition: KafkaTopicPartition, offset: Int64) { loop.post(seek: partition, offset: offset) }

  /// Stores where the group goes on: the offset of the first record that is not done. A partition that is not assigned
  /// any more is left alone. Only the latest offset of a partition is kept until the thread comes by.
  public func store(_ partition: KafkaTopicPartition, offset: Int64) { loop.post(store: partition, offset: offset) }

  /// Ends reading, commits what is stored, leaves the group, and waits for all that at most `timeoutSeconds`.
  /// Afterwards the handler is not called any more. Don't call it on the consumer's thread.
  public func close(timeoutSeconds: Double) {
    loop.close(timeoutSeconds: timeoutSeconds)
    let running = thread.withLock { thread in
      let taken = thread
      thread = nil
      return taken
    }
    running?.join()
  }

  deinit { close(timeoutSeconds: 0) }
}
