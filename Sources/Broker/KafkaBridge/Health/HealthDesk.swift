internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// Puts together what the producer's monitor and the readers of all mappings know of Kafka, and tells the log what
/// changes. Any thread may call; nothing blocks.
final class HealthDesk: Sendable {
  private let servers: String
  private let mappings: ParsedMappings
  private let watchSeconds: Double
  private let clientLog: ClientLog
  private let log: any Log
  // Lock order: a reader's own locks come before this one.
  private let state = Mutex(State())

  private struct State {
    var readers: [InboundBridge] = []
    var outlook: KafkaOutlook?
    var stalls = StallWatch()
    var stallsSeconds: Double?
    /// Mappings to one Kafka topic that takes no records.
    var stalled: [String: String] = [:]
    /// What the log was told last.
    var isReachable: Bool?
    var problems: [KafkaHealth.Problem] = []
  }

  init(servers: String, mappings: ParsedMappings, watchSeconds: Int, clientLog: ClientLog, log: any Log) {
    self.servers = servers
    self.mappings = mappings
    self.watchSeconds = Double(watchSeconds)
    self.clientLog = clientLog
    self.log = log
  }

  /// Begins to ask these.
  func begin(_ readers: [InboundBridge]) { state.withLock { $0.readers = readers } }

  /// The monitor looked.
  func looked(_ outlook: KafkaOutlook, counters: () -> [MappingCounters]) {
    state.withLock { $0.outlook = outlook }
    reconsider()
    if outlook.isReachable { lookForStalls(counters()) }
  }

  /// Something may have changed: it is told if it did.
  func reconsider() {
    let now = monotonicSeconds()
    let readers = state.withLock { $0.readers }
    let states = readers.map { $0.state(atSeconds: now) }
    let (change, told) = state.withLock { state in
      let before = state.isReachable
      let verdict = Self.verdict(state.outlook, zip(readers, states))
      if let isReachable = verdict.isReachable, isReachable != before {
        state.isReachable = isReachable
        state.stalls = StallWatch()
        state.stallsSeconds = nil
        state.stalled = [:]
      }
      let problems = problems(state, readers, states).filter { $0.isTold }.map { $0.problem }
      let old = state.problems
      state.problems = problems
      let gone = old.filter { one in !problems.contains { $0.mapping == one.mapping && $0.direction == one.direction } }
      let new = problems.filter { !old.contains($0) }
      return (verdict.isReachable == before ? nil : verdict, (gone: gone, new: new))
    }
    if let change { tell(change) }
    for problem in told.new { tell(problem, isOver: false) }
    for problem in told.gone { tell(problem, isOver: true) }
  }

  /// What is known now.
  func health(queuedRecords: Int, queuedBytes: Int) -> KafkaHealth {
    let now = monotonicSeconds()
    let readers = state.withLock { $0.readers }
    let states = readers.map { $0.state(atSeconds: now) }
    return state.withLock { state in
      let verdict = Self.verdict(state.outlook, zip(readers, states))
      return KafkaHealth(
        isReachable: verdict.isReachable ?? state.isReachable,
        lastError: verdict.reason ?? clientLog.lastError ?? state.outlook?.reason, queuedRecords: queuedRecords,
        queuedBytes: queuedBytes,
        readers: readers.map { $0.figures }, problems: problems(state, readers, states).map { $0.problem })
    }
  }

  private struct Verdict {
    var isReachable: Bool?
    var isFatal = false
    var reason: String?
  }

  /// nil while a broker that is needed was not heard of yet.
  private static func verdict(
    _ outlook: KafkaOutlook?, _ readers: some Sequence<(InboundBridge, ReaderState)>
  ) -> Verdict {
    guard let outlook else { return Verdict() }
    if let error = outlook.error, error.code == .fatal {
      return Verdict(
        isReachable: false, isFatal: true, reason: "the Kafka client can't go on, and is made anew: \(error.reason)")
    }
    // Without any broker the client's own words say more: that it may not sign in, or what the host's name is not.
    if outlook.error != nil, outlook.silentLeaders.isEmpty { return Verdict(isReachable: false) }
    if !outlook.isReachable { return Verdict(isReachable: false, reason: outlook.reason) }
    var verdict = Verdict(isReachable: outlook.isProven ? true : nil)
    for (reader, state) in readers {
      switch state {
      case .unreachable(let reason): return Verdict(isReachable: false, reason: "mapping \(reader.name): \(reason)")
      case .connecting:
        verdict.isReachable = nil
        verdict.reason = "mapping \(reader.name): \(state.problem ?? "")"
      case .joining, .reading, .refused: break
      }
    }
    return verdict
  }

  /// `isTold` where the log should know, too: not of what is so at each start.
  private func problems(
    _ state: State, _ readers: [InboundBridge], _ states: [ReaderState]
  ) -> [(problem: KafkaHealth.Problem, isTold: Bool)] {
    var all: [(problem: KafkaHealth.Problem, isTold: Bool)] = []
    for trouble in state.outlook?.topicProblems ?? [] {
      for mapping in mappings.outbound where mapping.topicText == trouble.topic {
        let reason = "the Kafka topic \(trouble.topic): \(trouble.reason)"
        all.append((KafkaHealth.Problem(mapping: mapping.name, direction: .toKafka, reason: reason), true))
      }
    }
    for (mapping, reason) in state.stalled.sorted(by: { $0.key < $1.key }) {
      // Told by itself.
      all.append((KafkaHealth.Problem(mapping: mapping, direction: .toKafka, reason: reason), false))
    }
    for (reader, readerState) in zip(readers, states) {
      let isTold: Bool
      switch readerState {
      case .reading, .connecting, .unreachable: continue
      case .joining: isTold = false
      case .refused: isTold = true
      }
      let reason = readerState.problem ?? ""
      all.append((KafkaHealth.Problem(mapping: reader.name, direction: .fromKafka, reason: reason), isTold))
    }
    return all
  }

  // MARK: - The log

  private func tell(_ verdict: Verdict) {
    guard let isReachable = verdict.isReachable else { return }
    if isReachable {
      clientLog.clear()
      return log.log(.info, "Kafka can be reached", [("bootstrap_servers", servers)])
    }
    let reason = verdict.reason ?? clientLog.lastError ?? "no Kafka broker answered"
    if verdict.isFatal {
      return log.log(
        .error, "the Kafka client can't go on: publishes for Kafka are refused until a new one does",
        [("reason", reason), ("do", "remove the cause; Sluice tries again by itself")])
    }
    log.log(
      .warning, "Kafka can't be reached: publishes for it wait unacknowledged, and are refused once the queue is full",
      [("bootstrap_servers", servers), ("reason", reason)])
  }

  private func tell(_ problem: KafkaHealth.Problem, isOver: Bool) {
    let place = [(name: "mapping", value: problem.mapping), (name: "direction", value: problem.direction.rawValue)]
    if isOver { return log.log(.info, "a mapping has from Kafka what it needs again", place) }
    log.log(.warning, "a mapping can't work", place + [(name: "reason", value: problem.reason)])
  }

  /// Tells which mappings' records don't move although Kafka answers, and when they move again.
  private func lookForStalls(_ counters: [MappingCounters]) {
    let now = monotonicSeconds()
    let changes = state.withLock { state -> [StallWatch.Change] in
      if let last = state.stallsSeconds, now - last < watchSeconds * 0.9 { return [] }
      state.stallsSeconds = now
      let changes = state.stalls.look(at: counters)
      for change in changes where change.counters.direction == .toKafka {
        // What a client's own words made the name of a topic may be missing: that is not the mapping's fault.
        let isOneTopic = mappings.outbound.contains { $0.name == change.counters.name && $0.topic.constant != nil }
        state.stalled[change.counters.name] = change.isStalled && isOneTopic ? change.event : nil
      }
      return changes
    }
    for change in changes {
      let topic =
        change.counters.direction == .toKafka
        ? mappings.outbound.first { $0.name == change.counters.name }?.topicText
        : mappings.inbound.first { $0.source.name == change.counters.name }?.source.topic
      log.log(
        change.isStalled ? .warning : .info, change.event,
        [
          ("mapping", change.counters.name), ("kafka_topic", topic ?? ""), ("open", String(change.counters.open)),
        ])
    }
  }
}
