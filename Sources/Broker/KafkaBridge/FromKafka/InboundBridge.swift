internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// The way from one Kafka topic, or pattern of topics, to the shards: one consumer, in a group of the mapping's own.
///
/// Records of a partition always go to the same shard, so their order is kept. An offset is stored up to the first
/// record whose obligations are not all discharged.
final class InboundBridge: KafkaConsumerHandler, RecordSource {
  let name: String
  /// How it belongs to its group: with a name, so that after a crash it has its place again at once (KIP-345).
  let membership: KafkaMembership
  private let origin: String
  private let reader: RecordReader
  private let mailboxes: any ShardMailboxes
  private let log: any Log
  // Lock order: `state`, then the consumer's own mailbox.
  private let state: Mutex<InboundState>
  private let consumer = Mutex<KafkaConsumer?>(nil)
  private let lostPlace = Mutex<String?>(nil)
  private let hopsMax: Int
  private let limiters = Mutex<[Telling: LogLimiter]>([:])

  /// What is told now and then, each with its own limiter.
  private enum Telling: Hashable {
    case disturbed
    case skipped(SkipReason.Kind)
    case looped
    case leftOut
  }
  private let watch: Mutex<ReaderWatch>
  private let unreceived = Atomic<UInt64>(0)
  private let changed: @Sendable () -> Void

  /// What only the consumer's thread touches.
  private struct Reading {
    /// Topics by the consumer's cheap identity, of the partitions that it has now.
    var topics: [Int: SourceTopic] = [:]
    var posts: [[SourceRecord]]
  }
  private let reading: Mutex<Reading>

  /// `changed` is called on the consumer's thread when its state may have changed.
  init(
    _ parsed: ParsedMappings.Inbound, origin: String, limits: KafkaBridgeLimits, mailboxes: any ShardMailboxes,
    log: any Log, changed: @escaping @Sendable () -> Void
  ) {
    let mapping = parsed.source
    name = mapping.name
    self.origin = origin
    membership = Self.membership(of: mapping, origin: origin)
    self.changed = changed
    watch = Mutex(ReaderWatch(topic: parsed.topic, group: mapping.group))
    reader = RecordReader(
      template: parsed.template, qos: mapping.qos, isRetain: mapping.isRetain,
      userPropertiesMax: limits.userPropertiesMax,
      topicLevelsMax: limits.topicLevelsMax)
    hopsMax = limits.hopsMax
    self.mailboxes = mailboxes
    self.log = log
    state = Mutex(InboundState(name: mapping.name, limits: limits))
    reading = Mutex(Reading(posts: Array(repeating: [], count: max(1, mailboxes.shardCount))))
  }

  var counters: MappingCounters {
    var counters = state.withLock { $0.counters }
    counters.unreceived = unreceived.load(ordering: .relaxed)
    return counters
  }

  func start(
    _ configuration: KafkaConfiguration, topic: KafkaTopicPattern, log: @escaping KafkaLogHandler
  ) throws(KafkaError) {
    let made = try KafkaConsumer(
      configuration: configuration, membership: membership, topics: [topic], log: log, handler: self)
    consumer.withLock { $0 = made }
    try made.start()
  }

  /// Ends reading and commits what is done. Completions that come later are counted and change nothing else.
  func stop(timeoutSeconds: Double) {
    let running = consumer.withLock { $0 }
    running?.close(timeoutSeconds: timeoutSeconds)
    consumer.withLock { $0 = nil }
  }

  // MARK: - The consumer's thread

  func received(_ records: borrowing KafkaRecordBatch) {
    reading.withLock { reading in
      state.withLock { state in
        var wishes = InboundState.Wishes()
        records.forEach { record in take(record, &reading, &state, &wishes) }
        carryOut(wishes)
      }
      for shard in reading.posts.indices where !reading.posts[shard].isEmpty {
        mailboxes.post(records: reading.posts[shard], to: shard)
        reading.posts[shard] = []
      }
    }
  }

  func assigned(_ partitions: [KafkaTopicPartition]) {
    reading.withLock { $0.topics = [:] }
    state.withLock { state in
      for place in partitions { state.assign(place, shard: shard(for: place)) }
    }
    lostPlace.withLock { $0 = nil }
    log.log(.info, "reading from Kafka", [("mapping", name), ("partitions", String(partitions.count))])
  }

  func revoked(_ partitions: [KafkaTopicPartition]) {
    state.withLock { state in
      for place in partitions { state.revoke(place) }
    }
  }

  func failed(_ error: KafkaError) {
    if error.code == .fencedInstanceID { return losePlace() }
    let isJudged = watch.withLock { $0.failed(error) }
    // What the watch judges is told in its words.
    guard isJudged else {
      return say(.disturbed, .warning, "reading from Kafka is disturbed", [("reason", error.reason)])
    }
    changed()
  }

  func lost(_ partition: KafkaTopicPartition, at offset: Int64, begin: Int64?, end: Int64?) {
    state.withLock { state in
      var wishes = InboundState.Wishes()
      state.beginAnew(partition, &wishes)
      carryOut(wishes)
    }
    var event = "Kafka has nothing at the offset that was to be read: going on at the first that it has"
    if let begin, offset < begin { event = "records from Kafka expired before they were read" }
    if let end, offset > end { event = "a Kafka topic was made anew or lost its end: it is read from its beginning" }
    log.log(
      .warning, event,
      [
        ("mapping", name), ("kafka_topic", partition.topic), ("partition", String(partition.partition)),
        ("from_offset", String(offset)), ("to_offset", begin.map { String($0) } ?? "the first"),
      ])
  }

  func committed(_ error: KafkaError?) {
    if watch.withLock({ $0.committed(error) }) { changed() }
  }

  func observed(_ statistics: KafkaConsumerStatistics) {
    watch.withLock { $0.observed(statistics, atSeconds: monotonicSeconds()) }
    changed()
  }

  /// Another consumer came with this one's name. The log line is never held back: it is written once each time.
  private func losePlace() {
    let what =
      "another Sluice has the same kafka.instance (\(origin)) and reads the mapping \(name) in place of this one"
    lostPlace.withLock { $0 = what }
    log.log(
      .error, "another Sluice has the same kafka.instance: it reads a mapping now, and this one reads it no more",
      [
        ("mapping", name), ("instance", origin), ("group", membership.group),
        ("do", "give each Sluice a kafka.instance of its own; this one reads again once the other is gone"),
      ])
  }

  /// The group of a mapping that has it alone knows the Sluice by its instance. In others each mapping of it is a
  /// member of its own.
  private static func membership(of mapping: FromKafkaMapping, origin: String) -> KafkaMembership {
    let named = mapping.isGroupShared ? "\(origin).\(mapping.name)" : origin
    // What Kafka doesn't take as a name has its hash.
    let instance = KafkaTopic.isLegal(name: named) ? named : String(hash(named), radix: 16)
    return KafkaMembership(group: mapping.group, instance: instance, isShared: mapping.isGroupShared)
  }

  private func take(
    _ record: borrowing KafkaRecord, _ reading: inout Reading, _ state: inout InboundState,
    _ wishes: inout InboundState.Wishes
  ) {
    let topic = topic(of: record, &reading)
    // Read before its partition was taken away: its next owner reads it again.
    let place = KafkaTopicPartition(topic: topic.name, partition: record.partition)
    guard let number = state.number(of: place) else { return }
    switch reader.read(record, from: topic) {
    case .looped:
      state.pass(number, offset: record.offset, isLooped: true, &wishes)
      say(
        .looped, .info, "the loop guard left out a record that this Sluice wrote to the Kafka topic itself",
        [("record", "\(place) offset \(record.offset)")])
    case .skipped(let reason, let name):
      state.pass(number, offset: record.offset, isLooped: false, &wishes)
      // Of a topic no more than the log takes.
      let shown = name.map { [("topic", String(decoding: $0.prefix(LogLine.valueBytesMax + 1), as: UTF8.self))] }
      say(
        .skipped(reason.kind), .warning, "a record from Kafka was skipped",
        [("reason", reason.explanation), ("record", "\(place) offset \(record.offset)")] + (shown ?? []))
    case .message(let message, let leftOut, let leftOutCount):
      if let leftOut { tell(leftOut, leftOutCount, place, record.offset, &state) }
      guard let opened = state.open(number, offset: record.offset, bytes: message.bytes.count, &wishes) else { return }
      let position = RecordPosition(partition: opened, offset: record.offset)
      reading.posts[state.shard(of: opened)].append(SourceRecord(message: message, position: position, source: self))
    }
  }

  private func tell(
    _ leftOut: PropertiesWriter.LeftOut, _ count: Int, _ place: KafkaTopicPartition, _ offset: Int64,
    _ state: inout InboundState
  ) {
    state.leftOut(headers: count)
    say(
      .leftOut, .info, "headers of a record from Kafka were left out: MQTT can't carry them",
      [
        ("headers", String(count)), ("header", leftOut.header), ("reason", leftOut.reason),
        ("record", "\(place) offset \(offset)"),
      ])
  }

  private func topic(of record: borrowing KafkaRecord, _ reading: inout Reading) -> SourceTopic {
    let identity = record.topicIdentity
    if let known = reading.topics[identity] { return known }
    let topic = SourceTopic(name: record.topic, instance: origin, hopsMax: hopsMax)
    reading.topics[identity] = topic
    return topic
  }

  /// The same for a partition at every start, as long as the number of shards is the same (FNV-1a).
  private func shard(for place: KafkaTopicPartition) -> Int {
    Int(Self.hash("\(name)/\(place)") % UInt64(max(1, mailboxes.shardCount)))
  }

  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  // MARK: - Any thread

  /// Whether it can read.
  func state(atSeconds now: Double) -> ReaderState {
    if let what = lostPlace.withLock({ $0 }) { return .joining(what) }
    return watch.withLock { $0.state(atSeconds: now) }
  }

  /// What it has, and what it has before it.
  var figures: KafkaHealth.Reader {
    watch.withLock { KafkaHealth.Reader(mapping: name, partitions: $0.partitionCount, lag: $0.lag) }
  }

  /// See ``RecordSource``.
  func foundNoReceiver() { unreceived.wrappingAdd(1, ordering: .relaxed) }

  /// See ``RecordSource``.
  func completed(_ positions: [RecordPosition]) {
    state.withLock { state in
      var wishes = InboundState.Wishes()
      for position in positions { state.complete(position, &wishes) }
      carryOut(wishes)
    }
  }

  /// See ``RecordSource``.
  func pressure(on partition: Int32) -> PartitionPressure? { state.withLock { $0.pressure(on: partition) } }

  /// Called with the state locked, so that a later low-water mark can't be overtaken by an earlier one.
  private func carryOut(_ wishes: InboundState.Wishes) {
    consumer.withLock { consumer in
      guard let consumer else { return }
      for (place, offset) in wishes.rewinds { consumer.rewind(place, offset: offset) }
      for (place, offset) in wishes.stores { consumer.store(place, offset: offset) }
      for (place, isPause) in wishes.pauses { if isPause { consumer.pause(place) } else { consumer.resume(place) } }
    }
  }

  private func say(
    _ telling: Telling, _ level: LogLevel, _ event: String, _ fields: @autoclosure () -> [(name: String, value: String)]
  ) {
    guard level >= log.level else { return }
    let now = monotonicSeconds()
    let admitted = limiters.withLock { $0[telling, default: LogLimiter()].admit(atSeconds: now) }
    guard let suppressed = admitted else { return }
    log.write(
      level, event,
      [("mapping", name)] + fields() + (suppressed > 0 ? [("more_since_last_time", String(suppressed))] : []))
  }
}
