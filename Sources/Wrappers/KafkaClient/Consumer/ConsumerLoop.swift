internal import CRdKafka
internal import Glibc
internal import Synchronization

/// What a consumer's thread does with one client: carry out commands, read a batch, hand it over, until it is told to
/// end or the client can't go on.
final class ConsumerLoop: @unchecked Sendable {
  /// Most records in one batch: large enough to share the cost of a hand-over, small enough to keep memory and delay
  /// low, and that what it comes to for a client is an output buffer that is kept for the next one.
  private static let batchMax = 250
  /// Longest sleep while there is nothing to read, and so the longest delay of a stored offset.
  private static let pollMilliseconds: Int32 = 100

  let client: ClientHandle
  let membership: KafkaMembership
  let topics: [KafkaTopicPattern]
  private let log: KafkaLogHandler
  /// What the client was configured with, or empty where that is nothing.
  private let credentials: (name: String, password: String)
  // A queue of the library may be used from any thread, but only the consumer's thread reads from it.
  private let queue: OpaquePointer
  // The library's callbacks find the loop through it, weakly: the loop holds the client that holds the callbacks.
  private let link: Link
  let handler: any KafkaConsumerHandler
  private let commands = Mutex(ConsumerCommands())
  let closing: ConsumerClosing
  // The consumer's thread alone touches what follows.
  /// Where partitions begin for which the group has no offset; nil for the library's own way, at the beginning.
  var positions: StartPositions?
  private var paused: Set<KafkaTopicPartition> = []
  /// What the handler was told that it has.
  private(set) var assigned: Set<KafkaTopicPartition> = []
  private var isFirstAssignment = true
  private var joinsAgain = false
  private var fatalError: KafkaError?
  private var fetchWatch = FetchWatch()

  private final class Link: Sendable {
    let loop = Mutex<Weak>(Weak())
    struct Weak: @unchecked Sendable { weak var loop: ConsumerLoop? }
  }

  /// Makes the client, of a configuration that it takes over, and subscribes.
  init(
    conf: OpaquePointer, credentials: (name: String, password: String), membership: KafkaMembership,
    topics: [KafkaTopicPattern], positions: StartPositions?, closing: ConsumerClosing,
    log: @escaping KafkaLogHandler, handler: any KafkaConsumerHandler
  ) throws(KafkaError) {
    let link = Link()
    rd_kafka_conf_set_rebalance_cb(conf) { client, code, partitions, opaque in
      guard let client, let opaque else { return }
      Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue().rebalance?(client, code, partitions)
    }
    rd_kafka_conf_set_error_cb(conf) { client, code, text, _ in
      guard let context = ClientContext.of(client) else { return }
      let text = text.map { String(cString: $0) } ?? ""
      let code = KafkaErrorCode(rawValue: code)
      context.log(KafkaLogLine(level: .error, facility: "ERROR", text: text, code: code))
    }
    rd_kafka_conf_set_stats_cb(conf) { client, text, count, _ in
      let text = UnsafeRawBufferPointer(start: text, count: count)
      if let client { ClientContext.of(client)?.observe?(StatisticsReader.read(text)) }
      // The library frees the text.
      return 0
    }
    rd_kafka_conf_set_offset_commit_cb(conf) { client, code, _, _ in
      if let client { ClientContext.of(client)?.committed?(KafkaErrorCode(code)) }
    }
    let context = ClientContext(
      log: log,
      rebalance: { _, code, partitions in link.loop.withLock { $0.loop }?.rebalance(code, partitions) },
      observe: { statistics in link.loop.withLock { $0.loop }?.observe(statistics) },
      reset: { reset in link.loop.withLock { $0.loop }?.post(reset) },
      committed: { code in link.loop.withLock { $0.loop }?.committed(code) })
    client = try ClientHandle(
      RD_KAFKA_CONSUMER, conf: conf, context: context, destroyFlags: Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
    self.link = link
    self.membership = membership
    self.topics = topics
    self.credentials = credentials
    self.positions = positions
    self.closing = closing
    self.log = log
    self.handler = handler
    rd_kafka_poll_set_consumer(client.pointer)
    queue = rd_kafka_queue_get_consumer(client.pointer)
    link.loop.withLock { $0.loop = self }
    try subscribe()
  }

  deinit { rd_kafka_queue_destroy(queue) }

  /// Joins the group; as a member already, joins it again.
  private func subscribe() throws(KafkaError) {
    let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for topic in topics { rd_kafka_topic_partition_list_add(list, topic.text, RD_KAFKA_PARTITION_UA) }
    let code = KafkaErrorCode(rd_kafka_subscribe(client.pointer, list))
    guard code == .success else {
      let names = topics.map(\.text).joined(separator: ", ")
      throw KafkaError(code: code, reason: "can't subscribe to \(names): \(code)")
    }
  }

  // MARK: - Any thread

  func post(store partition: KafkaTopicPartition, offset: Int64) {
    // No wake-up: it is carried out within pollMilliseconds, and before a revocation and the end.
    commands.withLock { $0.stores[partition] = offset }
  }

  func post(pause: Bool, of partition: KafkaTopicPartition) {
    commands.withLock { $0.pauses[partition] = pause }
    rd_kafka_queue_yield(queue)
  }

  func post(seek partition: KafkaTopicPartition, offset: Int64) {
    commands.withLock { $0.seeks[partition] = offset }
    rd_kafka_queue_yield(queue)
  }

  /// From here on the group goes on, also where that is before what was stored.
  func post(rewind partition: KafkaTopicPartition, offset: Int64) {
    commands.withLock { commands in
      commands.stores[partition] = nil
      commands.rewinds[partition] = offset
    }
    rd_kafka_queue_yield(queue)
  }

  /// Called on the library's own threads, in the middle of its work.
  private func post(_ reset: OffsetReset) { commands.withLock { $0.resets[reset.place] = reset.offset } }

  /// Has the thread look whether it shall end.
  func wake() { rd_kafka_queue_yield(queue) }

  // MARK: - The consumer's thread

  /// Reads until the consumer is closed, or until its client can't go on: then the handler has nothing any more, and
  /// was told why.
  func run() -> ConsumerEnd {
    var batch = [UnsafeMutablePointer<rd_kafka_message_t>?](repeating: nil, count: ConsumerLoop.batchMax)
    while true {
      learnBeginning()
      carryOutCommands()
      if let timeoutSeconds = closing.timeoutSeconds {
        leave(timeoutSeconds: timeoutSeconds)
        return .closed
      }
      if let fatalError {
        giveUp(fatalError)
        return .unfit
      }
      if joinsAgain { joinAgain() }
      batch.withUnsafeMutableBufferPointer { batch in
        let count = read(into: batch)
        if fetchWatch.isDue(queued: Int(rd_kafka_queue_length(queue)), read: count) { wakeFetcher() }
        if count > 0 { handOver(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(batch)[..<count])) }
      }
    }
  }

  /// The library's fetcher rests for up to a second when it finds enough queued, or a partition paused, and is not told
  /// when that is over (librdkafka 2.0.2). What is told to it here changes nothing, and wakes it at once.
  private func wakeFetcher() {
    rd_kafka_error_destroy(rd_kafka_sasl_set_credentials(client.pointer, credentials.name, credentials.password))
  }

  /// Reads what is there; when nothing is, waits for one record and reads what came with it. (One call with a time-out
  /// would wait until the batch is full.)
  private func read(into batch: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>) -> Int {
    var count = rd_kafka_consume_batch_queue(queue, 0, batch.baseAddress, batch.count)
    guard count == 0 else { return max(count, 0) }
    count = rd_kafka_consume_batch_queue(queue, ConsumerLoop.pollMilliseconds, batch.baseAddress, 1)
    guard count == 1, let start = batch.baseAddress else { return max(count, 0) }
    return 1 + max(0, rd_kafka_consume_batch_queue(queue, 0, start + 1, batch.count - 1))
  }

  private func handOver(_ messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>) {
    defer { for message in messages { rd_kafka_message_destroy(message) } }
    var from = 0
    for index in messages.indices {
      guard let message = messages[index], message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      deliver(messages, from..<index)
      from = index + 1
      if message.pointee.err == RD_KAFKA_RESP_ERR__FATAL {
        fatalError = client.fatalError
        continue
      }
      let text = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? ""
      handler.failed(KafkaError(code: KafkaErrorCode(message.pointee.err), reason: text))
    }
    deliver(messages, from..<messages.count)
  }

  private func deliver(_ messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>, _ range: Range<Int>)
  {
    guard !range.isEmpty else { return }
    handler.received(KafkaRecordBatch(UnsafeBufferPointer(rebasing: messages[range])))
  }

  private func carryOutCommands() {
    let todo = commands.withLock { commands in
      let taken = commands
      if !taken.isEmpty { commands = ConsumerCommands() }
      return taken
    }
    if todo.isEmpty { return }
    // Refusals are for partitions that are not assigned any more: their new owner begins at what was committed.
    set(paused: true, todo.pauses.filter { $0.value && !paused.contains($0.key) }.map(\.key))
    set(paused: false, todo.pauses.filter { !$0.value && paused.contains($0.key) }.map(\.key))
    if !todo.seeks.isEmpty {
      withList(todo.seeks) { rd_kafka_error_destroy(rd_kafka_seek_partitions(client.pointer, $0, 1000)) }
    }
    // rd_kafka_offsets_store stores exactly this offset (rd_kafka_offset_store would add 1).
    if !todo.stores.isEmpty { withList(todo.stores) { _ = rd_kafka_offsets_store(client.pointer, $0) } }
    if !todo.rewinds.isEmpty { rewind(todo.rewinds) }
    if !todo.resets.isEmpty { settle(todo.resets) }
  }

  /// Pauses or resumes. Only what changes may be asked for: to resume what isn't paused throws away what was fetched,
  /// and goes on behind it.
  private func set(paused isPaused: Bool, _ places: [KafkaTopicPartition]) {
    guard !places.isEmpty else { return }
    let invalid = Int64(RD_KAFKA_OFFSET_INVALID)
    withList(Dictionary(places.map { ($0, invalid) }, uniquingKeysWith: { first, _ in first })) { list in
      _ = isPaused ? rd_kafka_pause_partitions(client.pointer, list) : rd_kafka_resume_partitions(client.pointer, list)
    }
    if isPaused {
      paused.formUnion(places)
    } else {
      paused.subtract(places)
      wakeFetcher()
    }
  }

  func withList(
    _ offsets: [KafkaTopicPartition: Int64], _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void
  ) {
    let list = rd_kafka_topic_partition_list_new(Int32(offsets.count))
    for (place, offset) in offsets {
      rd_kafka_topic_partition_list_add(list, place.topic, place.partition)?.pointee.offset = offset
    }
    body(list)
    rd_kafka_topic_partition_list_destroy(list)
  }

  /// Called by the library inside a read, so on the consumer's thread.
  private func rebalance(_ code: rd_kafka_resp_err_t, _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) {
    let partitions = ConsumerLoop.partitions(of: list)
    if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
      let isFirst = isFirstAssignment
      isFirstAssignment = false
      if isFirst, isOutOfDate(partitions) {
        joinsAgain = true
        withList([:]) { _ = rd_kafka_assign(client.pointer, $0) }
        return
      }
      assigned = Set(partitions)
      handler.assigned(partitions)
      let stores = place(list)
      rd_kafka_assign(client.pointer, list)
      if !stores.isEmpty { withList(stores) { _ = rd_kafka_offsets_store(client.pointer, $0) } }
    } else {
      if !assigned.isEmpty { handler.revoked(Array(assigned)) }
      assigned = []
      // What is done must be stored before the partitions go: the library commits what is stored when they are
      // unassigned.
      carryOutCommands()
      // The library would remember the pause if the partition came back.
      set(paused: false, partitions.filter { paused.contains($0) })
      rd_kafka_assign(client.pointer, nil)
      if code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS {
        let code = KafkaErrorCode(code)
        handler.failed(KafkaError(code: code, reason: "the group's partitions could not be assigned: \(code)"))
      }
    }
  }

  static func partitions(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?)
    -> [KafkaTopicPartition]
  {
    guard let list, let elements = list.pointee.elems else { return [] }
    return (0..<Int(list.pointee.cnt)).map { index in
      KafkaTopicPartition(topic: String(cString: elements[index].topic), partition: elements[index].partition)
    }
  }

  /// The group gave what it remembers of an earlier life of this member: has it share out what there is now.
  private func joinAgain() {
    joinsAgain = false
    log(
      KafkaLogLine(
        level: .info, facility: "MEMBERSHIP",
        text: "the group \(membership.group) remembers other partitions than there are now: joining it again",
        code: nil))
    do throws(KafkaError) { try subscribe() } catch { handler.failed(error) }
  }

  /// The library has unassigned everything by itself, and tells nobody.
  private func giveUp(_ error: KafkaError) {
    // It would go on to ask for the place that it lost.
    rd_kafka_unsubscribe(client.pointer)
    if !assigned.isEmpty { handler.revoked(Array(assigned)) }
    assigned = []
    handler.failed(error)
  }

  /// Ends membership, serving the revocation that this causes, but not for longer than allowed: with Kafka away it
  /// could take for ever.
  private func leave(timeoutSeconds: Double) {
    var left = milliseconds(timeoutSeconds)
    // A named member stays when it is closed, so that it has its place when it comes back. Where others may wait for
    // its partitions it unsubscribes first, which leaves the group.
    if membership.instance != nil, membership.isShared, isMember {
      rd_kafka_unsubscribe(client.pointer)
      serve(&left) { !isMember }
    }
    rd_kafka_error_destroy(rd_kafka_consumer_close_queue(client.pointer, queue))
    serve(&left) { rd_kafka_consumer_closed(client.pointer) != 0 }
  }

  /// Whether the group has given this client an identifier that it has not taken back.
  private var isMember: Bool {
    guard let identifier = rd_kafka_memberid(client.pointer) else { return false }
    defer { rd_kafka_mem_free(client.pointer, identifier) }
    return identifier.pointee != 0
  }

  /// Serves what the library asks, until it is done or no time is left.
  private func serve(_ left: inout Int32, until isDone: () -> Bool) {
    var message: UnsafeMutablePointer<rd_kafka_message_t>?
    while !isDone() {
      if rd_kafka_consume_batch_queue(queue, min(20, left), &message, 1) == 1 { rd_kafka_message_destroy(message) }
      if left == 0 { return }
      left = max(0, left - 20)
    }
  }
}
