internal import BrokerCore
internal import Glibc
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
  private let mailboxes: any ShardMailboxes
  private let log: any Log
  // Lock order: `state`, then the consumer's own mailbox.
  private let state: Mutex<InboundState>
  private let consumer = Mutex<KafkaConsumer?>(nil)
  private let lostPlace = Mutex<String?>(nil)
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

  private let limits: KafkaBridgeLimits
  // What only the consumer's thread touches.
  private let reading: Mutex<InboundReading>

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
    self.limits = limits
    self.mailboxes = mailboxes
    self.log = log
    state = Mutex(InboundState(name: mapping.name, limits: limits))
    let reader = RecordReader(
      template: parsed.template, qos: mapping.qos, isRetain: mapping.isRetain,
      userPropertiesMax: limits.userPropertiesMax,
      topicLevelsMax: limits.topicLevelsMax)
    reading = Mutex(
      InboundReading(
        reader: reader, instance: origin, hopsMax: limits.hopsMax, shardCount: max(1, mailboxes.shardCount)))
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
    var wishes = InboundState.Wishes()
    let now = monotonicSeconds()
    reading.withLock { reading in
      state.withLock { state in
        records.forEach { record in take(record, &reading, &state, &wishes) }
        state.opened(atSeconds: now)
        carryOut(InboundState.Wishes(stores: wishes.stores, rewinds: wishes.rewinds))
      }
      for (shard, batch) in reading.takeBatches() { mailboxes.post(records: batch, to: shard) }
    }
    if !wishes.pauses.isEmpty { pause(wishes.pauses) }
    waitForCompletions()
  }

  /// Reads on when the shards have done what is worth being under way, or after a while: see ``ReadAhead``.
  private func waitForCompletions() {
    var leftMicroseconds = Int.max
    while true {
      let now = monotonicSeconds()
      let wait = state.withLock { state in state.wait(atSeconds: now, isOver: leftMicroseconds <= 0) }
      guard let milliseconds = wait else { return }
      leftMicroseconds = min(leftMicroseconds, milliseconds * 1_000) - Int(Self.stepMicroseconds)
      usleep(Self.stepMicroseconds)
    }
  }

  private static let stepMicroseconds: UInt32 = 500

  /// Partitions that are full are paused only if they have no room again within a while.
  private func pause(_ wishes: [KafkaTopicPartition: Bool]) {
    let full = wishes.filter(\.value).keys
    var left = limits.roomMilliseconds
    while left > 0, state.withLock({ state in full.contains { state.isPaused($0) } }) {
      usleep(1_000)
      left -= 1
    }
    state.withLock { state in
      // What has room again by now is not among them, and what gets it from now on is told behind this.
      carryOut(InboundState.Wishes(pauses: wishes.filter { state.isPaused($0.key) == $0.value }))
    }
  }

  func assigned(_ partitions: [KafkaTopicPartition]) {
    reading.withLock { $0.forget() }
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

  @inline(__always)
  private func take(
    _ record: borrowing KafkaRecord, _ reading: inout InboundReading, _ state: inout InboundState,
    _ wishes: inout InboundState.Wishes
  ) {
    reading.turn(to: record) { state.number(of: $0) }
    // Read before its partition was taken away: its next owner reads it again.
    guard let number = reading.number, let source = reading.source else { return }
    switch reading.reader.read(record, from: source) {
    case .looped:
      state.pass(number, offset: record.offset, isLooped: true, &wishes)
      say(
        .looped, .info, "the loop guard left out a record that this Sluice wrote to the Kafka topic itself",
        [("record", reading.place(of: record))])
    case .skipped(let reason, let showsTopic):
      state.pass(number, offset: record.offset, isLooped: false, &wishes)
      // Of a topic no more than the log takes.
      let shown = reading.reader.topic.prefix(showsTopic ? LogLine.valueBytesMax + 1 : 0)
      say(
        .skipped(reason.kind), .warning, "a record from Kafka was skipped",
        [("reason", reason.explanation), ("record", reading.place(of: record))]
          + (showsTopic ? [("topic", String(decoding: shown, as: UTF8.self))] : []))
    case .message(let publisher, let leftOut, let leftOutCount):
      if let leftOut { tell(leftOut, leftOutCount, reading.place(of: record), &state) }
      // A tombstone has no value: its message is empty, which removes a retained one.
      let payload = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
      guard
        let opened = state.open(
          number, offset: record.offset, bytes: reading.reader.byteCount &+ payload.count, &wishes)
      else { return }
      // Another one when the partition was rewound.
      reading.number = opened
      reading.append(
        payload, at: RecordPosition(partition: opened, offset: record.offset), by: publisher, from: self,
        to: state.shard(of: opened), batchBytesMax: limits.batchBytesMax)
    }
  }

  private func tell(
    _ leftOut: PropertiesWriter.LeftOut, _ count: Int, _ place: String, _ state: inout InboundState
  ) {
    state.leftOut(headers: count)
    say(
      .leftOut, .info, "headers of a record from Kafka were left out: MQTT can't carry them",
      [("headers", String(count)), ("header", leftOut.header), ("reason", leftOut.reason), ("record", place)])
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
      state.complete(positions, &wishes)
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
