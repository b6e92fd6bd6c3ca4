internal import Synchronization

/// Reads topics as a member of a consumer group. One thread makes every call of the library; other threads leave
/// commands, which it carries out between batches.
///
/// Offsets are stored only by ``store(_:offset:)`` and committed by the library once a second, before a revocation and
/// on close. Fixed properties: `enable.auto.offset.store=false`, `partition.assignment.strategy=range,roundrobin`
/// (librdkafka before 2.3 crashes when a cooperative consumer is closed). Defaults: `auto.offset.reset=earliest`, so
/// that a new group, or a topic that a pattern finds later, misses nothing (with `latest`, what was there before the
/// group's first start is left out, and nothing else); such topics, and named ones that were
/// missing, are looked for every 30 s (`topic.metadata.refresh.interval.ms`).
///
/// A member with a name (``KafkaMembership/instance``) that another one took the place of has nothing any more, tells
/// its handler ``KafkaErrorCode/fencedInstanceID``, and comes back with a new client once the group has no member of
/// its name: so two of one name don't take the place from each other for ever.
public final class KafkaConsumer: Sendable {
  private let supervisor: ConsumerSupervisor
  private let thread = Mutex<ClientThread?>(nil)

  /// Makes the client and subscribes; reading begins with ``start()``. It does not wait for Kafka.
  /// - Parameters:
  ///   - topics: what to read; all of it is one subscription.
  ///   - handler: gets the records; held until the consumer is closed.
  public init(
    configuration: KafkaConfiguration, membership: KafkaMembership, topics: [KafkaTopicPattern],
    log: @escaping KafkaLogHandler, handler: any KafkaConsumerHandler
  ) throws(KafkaError) {
    for notice in configuration.notices {
      log(KafkaLogLine(level: .warning, facility: "CONFIGURATION", text: notice, code: nil))
    }
    supervisor = try ConsumerSupervisor(
      configuration: configuration, membership: membership, topics: topics, log: log, handler: handler)
  }

  /// Starts the thread that reads. A second call does nothing.
  public func start() throws(KafkaError) {
    let result: Result<Void, KafkaError> = thread.withLock { thread in
      guard thread == nil else { return .success(()) }
      do throws(KafkaError) {
        thread = try ClientThread(name: "kafka-consumer") { [supervisor] in supervisor.run() }
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Fetches nothing of this partition until it is resumed; records that were fetched are fetched again then.
  public func pause(_ partition: KafkaTopicPartition) { supervisor.current.post(pause: true, of: partition) }

  /// Ends a pause.
  public func resume(_ partition: KafkaTopicPartition) { supervisor.current.post(pause: false, of: partition) }

  /// Goes on reading at this offset.
  public func seek(_ partition: KafkaTopicPartition, offset: Int64) {
    supervisor.current.post(seek: partition, offset: offset)
  }

  /// Stores where the group goes on: the offset of the first record that is not done. A partition that is not assigned
  /// any more is left alone. Only the latest offset of a partition is kept until the thread comes by.
  public func store(_ partition: KafkaTopicPartition, offset: Int64) {
    supervisor.current.post(store: partition, offset: offset)
  }

  /// Has the group go on at this offset, also where that is before what was stored: what stood there before is of no
  /// use, since the topic was made anew.
  public func rewind(_ partition: KafkaTopicPartition, offset: Int64) {
    supervisor.current.post(rewind: partition, offset: offset)
  }

  /// Ends reading, commits what is stored, leaves the group (``KafkaMembership``), and waits for all that at most
  /// `timeoutSeconds`. Afterwards the handler is not called any more. Don't call it on the consumer's thread.
  public func close(timeoutSeconds: Double) {
    supervisor.close(timeoutSeconds: timeoutSeconds)
    let running = thread.withLock { thread in
      let taken = thread
      thread = nil
      return taken
    }
    running?.join()
  }

  deinit { close(timeoutSeconds: 0) }
}
