internal import CRdKafka
internal import Glibc
internal import Synchronization

/// Asks Kafka which topics there are, for names that come from outside, before a producer is given them: librdkafka
/// forgets no topic that a client once named, and asks for those that Kafka doesn't have again and again.
///
/// It asks on a thread of its own, with a client that it makes when there is something to ask, makes anew after some
/// hundred names, and gives back when it has nothing to ask. Where the brokers make topics by themselves, to be asked
/// for is what makes them do it.
public final class KafkaTopicFinder: Sendable {
  /// What Kafka says of a name.
  public enum Answer: Sendable, Equatable {
    /// There is such a topic.
    case exists
    /// There is none, and none came within ``patienceSeconds``.
    case missing
    /// Kafka doesn't let this client see it, or doesn't take the name.
    case refused(KafkaErrorCode)
  }

  /// How long a topic may take to appear: brokers that make topics by themselves say first that there is none.
  public static let patienceSeconds = 3.0
  /// Most names that one client of the library is asked for, and most in one question.
  static let namesPerClientMax = 500
  /// How long it waits for an answer, and before it asks again after none or for what is missing still.
  private static let answerSeconds = 2.0
  private static let retrySeconds = 1.0
  private static let againSeconds = 0.25
  /// How long a client is kept with nothing to ask.
  private static let idleSeconds = 30.0

  private let wake = WakeUp()
  private let wanted = Mutex<[String]>([])
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<ClientThread?>(nil)
  private let configuration: KafkaConfiguration
  private let log: KafkaLogHandler
  private let found: @Sendable (String, Answer) -> Void

  /// Makes one that has not started.
  /// - Parameters:
  ///   - log: takes the library's log lines, on its threads.
  ///   - found: takes each answer, on the finder's thread: exactly one for each name that was asked for, unless it is
  ///     stopped before.
  public init(
    configuration: KafkaConfiguration, log: @escaping KafkaLogHandler,
    found: @escaping @Sendable (String, Answer) -> Void
  ) {
    self.configuration = configuration
    self.log = log
    self.found = found
  }

  /// Starts the thread. Call it once.
  public func start() throws(KafkaError) {
    let started = try ClientThread(name: "kafka-topics") { [unowned self] in run() }
    thread.withLock { $0 = started }
  }

  /// Asks for a name that Kafka allows. Doesn't block; any thread may call. While no broker answers, the question
  /// stays.
  public func ask(_ name: String) {
    wanted.withLock { $0.append(name) }
    wake.post()
  }

  /// Ends the thread and waits for it: at most the time that one question may take. No answer comes after it. A second
  /// call does nothing.
  public func stop() {
    isStopping.store(true, ordering: .releasing)
    let running = thread.withLock { thread in
      let taken = thread
      thread = nil
      return taken
    }
    guard let running else { return }
    wake.post()
    running.join()
  }

  deinit { stop() }

  // MARK: - The thread

  /// A name, and since when Kafka has said that it isn't there.
  private struct Question {
    let name: String
    var missingSince: Double?
  }

  private func run() {
    var questions: [Question] = []
    var client: ClientHandle?
    var named: Set<String> = []
    while !isStopping.load(ordering: .acquiring) {
      questions += takeWanted().map { Question(name: $0) }
      guard !questions.isEmpty else {
        if !wake.wait(seconds: KafkaTopicFinder.idleSeconds) {
          client = nil
          named = []
        }
        continue
      }
      let asked = questions.prefix(KafkaTopicFinder.namesPerClientMax).map(\.name)
      if named.union(asked).count > KafkaTopicFinder.namesPerClientMax {
        client = nil
        named = []
      }
      if client == nil { client = makeClient() }
      named.formUnion(asked)
      guard let client, let answers = KafkaTopicFinder.ask(asked, client) else {
        _ = wake.wait(seconds: KafkaTopicFinder.retrySeconds)
        continue
      }
      questions = settle(questions, answers, atSeconds: KafkaTopicFinder.now())
      if !questions.isEmpty { _ = wake.wait(seconds: KafkaTopicFinder.againSeconds) }
    }
  }

  private func takeWanted() -> [String] {
    wanted.withLock { wanted in
      defer { wanted = [] }
      return wanted
    }
  }

  /// Hands over what is known and returns what is to be asked again, behind what was not asked yet.
  private func settle(_ questions: [Question], _ answers: [String: Answer], atSeconds now: Double) -> [Question] {
    var later: [Question] = []
    var again: [Question] = []
    for var question in questions {
      switch answers[question.name] {
      case nil: later.append(question)
      case .missing:
        let since = question.missingSince ?? now
        question.missingSince = since
        if now - since < KafkaTopicFinder.patienceSeconds {
          again.append(question)
        } else {
          found(question.name, .missing)
        }
      case .some(let answer): found(question.name, answer)
      }
    }
    return later + again
  }

  private func makeClient() -> ClientHandle? {
    do throws(KafkaError) {
      let conf = try configuration.makeNative(fixed: [])
      return try ClientHandle(RD_KAFKA_PRODUCER, conf: conf, context: ClientContext(log: log))
    } catch {
      log(KafkaLogLine(level: .error, facility: "TOPICS", text: error.reason, code: error.code))
      return nil
    }
  }

  /// One question for all that the client ever named, those among them; nil when no broker answered.
  private static func ask(_ names: [String], _ client: ClientHandle) -> [String: Answer]? {
    let handles = names.compactMap { name in rd_kafka_topic_new(client.pointer, name, nil) }
    defer { for handle in handles { rd_kafka_topic_destroy(handle) } }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client.pointer, 0, nil, &metadata, milliseconds(answerSeconds))
    guard let metadata else { return nil }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    var answers: [String: Answer] = [:]
    for index in 0..<Int(metadata.pointee.topic_cnt) {
      guard let topic = metadata.pointee.topics?[index], let name = topic.topic,
        let answer = KafkaTopicFinder.answer(topic.err)
      else { continue }
      answers[String(cString: name)] = answer
    }
    return answers
  }

  /// nil for what says nothing of the topic: it is asked for again.
  private static func answer(_ error: rd_kafka_resp_err_t) -> Answer? {
    switch error {
    case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
      .exists
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: .missing
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      .refused(KafkaErrorCode(error))
    default: nil
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
