internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// The Kafka topics whose names are made of what clients send: which of them Kafka has.
///
/// A name that is new is asked for first, and its publishes wait for the answer, in their order and within the bounds
/// of all that waits. Only a topic that Kafka has becomes the producer's; one that it doesn't have is remembered for a
/// few seconds and forgotten. How many names are new is bounded for each client, so that no client keeps the topics of
/// others out. Any thread may call.
final class TopicDirectory: Sendable {
  /// What is known of a name.
  enum Finding {
    case known(KafkaTopic)
    /// It is asked for; the publish waits.
    case waits
    case refused(Refusal)
  }

  /// How long a name that Kafka doesn't have, or doesn't let Sluice use, is refused without asking again.
  static let missingSeconds = 10.0
  /// Most names that are asked for at one time, and most that are remembered as missing.
  static let namesMax = 10_000

  private struct State {
    var known: [[UInt8]: KafkaTopic] = [:]
    var asked: [[UInt8]: [WaitingPublish]] = [:]
    var missing: [[UInt8]: (refusal: Refusal, untilSeconds: Double)] = [:]
    var budget = NewTopicBudget()
    var isClosed = false
  }

  // Held while what waited for a name is handed to the producer, so that nothing overtakes it.
  private let state = Mutex(State())
  /// Publishes that wait, and their bytes.
  let waiting = WaitingAmount()

  /// Sums that shards read for each publish.
  final class WaitingAmount: Sendable {
    let records = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
  }

  /// The topic, if Kafka is known to have it. Costs a look-up.
  func known(_ name: [UInt8]) -> KafkaTopic? { state.withLock { $0.known[name] } }

  /// What is known of a legal name that `client` brings. `waiting` makes the publish that waits, and `ask` asks Kafka;
  /// each is called at most once.
  func find(
    _ name: [UInt8], by client: [UInt8], atSeconds now: Double, waiting makePublish: () -> WaitingPublish,
    ask: (String) -> Void
  ) -> Finding {
    state.withLock { state in
      if let topic = state.known[name] { return .known(topic) }
      guard !state.isClosed else { return .refused(.stopped) }
      if state.asked[name] == nil {
        if let missing = state.missing[name] {
          if missing.untilSeconds > now { return .refused(missing.refusal) }
          state.missing[name] = nil
        }
        guard state.asked.count < TopicDirectory.namesMax, state.budget.take(by: client, atSeconds: now) else {
          return .refused(.tooManyNewTopics)
        }
        state.asked[name] = []
        ask(String(decoding: name, as: UTF8.self))
      }
      let publish = makePublish()
      waiting.records.wrappingAdd(1, ordering: .relaxed)
      waiting.bytes.wrappingAdd(publish.bytes, ordering: .relaxed)
      state.asked[name]?.append(publish)
      return .waits
    }
  }

  /// Kafka has the topic: `forward` gets what waited, in its order, before anything else for the topic is found.
  func settle(_ name: [UInt8], as topic: KafkaTopic, _ forward: (WaitingPublish) -> Void) {
    state.withLock { state in
      guard !state.isClosed else { return }
      state.known[name] = topic
      release(state.asked.removeValue(forKey: name) ?? [], forward)
    }
  }

  /// The topic can't be used now: `refuse` gets what waited. `isMissing` says that its name was made up.
  func settle(
    _ name: [UInt8], as refusal: Refusal, isMissing: Bool, atSeconds now: Double, _ refuse: (WaitingPublish) -> Void
  ) {
    state.withLock { state in
      guard !state.isClosed else { return }
      if state.missing.count >= TopicDirectory.namesMax {
        state.missing = state.missing.filter { $0.value.untilSeconds > now }
        if state.missing.count >= TopicDirectory.namesMax { state.missing = [:] }
      }
      state.missing[name] = (refusal, now + TopicDirectory.missingSeconds)
      let waited = state.asked.removeValue(forKey: name) ?? []
      if isMissing, let first = waited.first { state.budget.charge(first.message.publisher.clientID, atSeconds: now) }
      release(waited, refuse)
    }
  }

  /// Kafka has lost the topic: it is asked for again when it is named next.
  func forget(_ name: [UInt8]) { state.withLock { _ = $0.known.removeValue(forKey: name) } }

  /// Nothing is asked for any more: `refuse` gets all that waits.
  func close(_ refuse: (WaitingPublish) -> Void) {
    state.withLock { state in
      state.isClosed = true
      for waited in state.asked.values { release(waited, refuse) }
      state.asked = [:]
    }
  }

  private func release(_ waited: [WaitingPublish], _ body: (WaitingPublish) -> Void) {
    for publish in waited {
      body(publish)
      waiting.records.wrappingSubtract(1, ordering: .relaxed)
      waiting.bytes.wrappingSubtract(publish.bytes, ordering: .relaxed)
    }
  }
}
