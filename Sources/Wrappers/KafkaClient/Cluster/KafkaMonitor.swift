internal import CRdKafka
internal import Glibc
internal import Synchronization

/// Asks a producer's cluster from time to time, on a thread of its own, whether what the producer needs there answers:
/// a broker, and the leaders of the partitions of its topics, each over the connection that records take. That brokers
/// answer at the addresses to begin with says nothing of those that lead. What is queued is not touched.
public final class KafkaMonitor: Sendable {
  /// How long a broker may take to answer before it is looked at whether its connection failed.
  private static let answerSeconds = 2.0
  /// How much longer one may take whose connection has not failed: it is slow, or hangs.
  private static let patienceSeconds = 5.0
  /// Longest time that one look gives to leaders that don't answer; those that were not asked keep what was known.
  private static let lookSecondsMax = 20.0
  /// Pause after an answer, unless told otherwise; brokers close idle connections after 10 minutes.
  public static let pauseSecondsDefault = 10
  /// Pause after none.
  private static let retrySeconds = 1
  /// Pause while a topic is missing.
  private static let problemSeconds = 3

  private let wake = Wake()
  private let thread = Mutex<ClientThread?>(nil)

  /// A semaphore at a fixed address, as POSIX demands, and whether it was posted.
  private final class Wake: @unchecked Sendable {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    let isStopping = Atomic<Bool>(false)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
      sem_destroy(semaphore)
      semaphore.deallocate()
    }

    func post() {
      isStopping.store(true, ordering: .releasing)
      sem_post(semaphore)
    }

    /// True when it was posted, false when the time is over.
    func wait(seconds: Int) -> Bool {
      var until = timespec()
      clock_gettime(CLOCK_REALTIME, &until)
      until.tv_sec += seconds
      while true {
        if sem_timedwait(semaphore, &until) == 0 { return true }
        if errno != EINTR { return false }
      }
    }
  }

  /// Starts asking.
  /// - Parameters:
  ///   - producer: asked at each look whose topics and connections are looked at.
  ///   - topics: those that must be there, a partition with a leader in all of them.
  ///   - pauseSeconds: how long after a good look it looks again; after others it is less.
  ///   - looked: called on the monitor's thread after each look.
  public init(
    producer: @escaping @Sendable () -> KafkaProducer, topics: Set<String> = [],
    pauseSeconds: Int = pauseSecondsDefault, looked: @escaping @Sendable (KafkaOutlook) -> Void
  ) throws(KafkaError) {
    let wake = wake
    let started = try ClientThread(name: "kafka-monitor") {
      var watch = LeaderWatch(topics: topics)
      while true {
        let outlook = KafkaMonitor.look(producer(), &watch, wake)
        if wake.isStopping.load(ordering: .acquiring) { return }
        looked(outlook)
        if wake.wait(seconds: KafkaMonitor.pause(after: outlook, usually: pauseSeconds)) { return }
      }
    }
    thread.withLock { $0 = started }
  }

  private static func pause(after outlook: KafkaOutlook, usually pauseSeconds: Int) -> Int {
    if outlook.error?.code == .fatal { return pauseSeconds }
    if !outlook.isReachable { return retrySeconds }
    return outlook.topicProblems.isEmpty ? pauseSeconds : min(pauseSeconds, problemSeconds)
  }

  private static func look(_ producer: KafkaProducer, _ watch: inout LeaderWatch, _ wake: Wake) -> KafkaOutlook {
    if let error = producer.fatalError {
      var outlook = KafkaOutlook()
      outlook.error = error
      return outlook
    }
    var answer = producer.view(timeoutSeconds: answerSeconds)
    // Some connection is there: its broker is slow, or hangs.
    if case .failure(let error) = answer, error.code == .timedOut, !wake.isStopping.load(ordering: .acquiring) {
      answer = producer.view(timeoutSeconds: patienceSeconds)
    }
    switch answer {
    case .success(let view): watch.learned(view)
    case .failure(let error): watch.learnedNothing(error)
    }
    var left = lookSecondsMax
    for (broker, place) in watch.questions {
      if wake.isStopping.load(ordering: .acquiring) || left <= 0 { break }
      if producer.isAnswered(byLeaderOf: place, timeoutSeconds: answerSeconds) {
        producer.failures.forget(watch.address(of: broker))
        watch.answered(broker)
        continue
      }
      left -= answerSeconds
      var reason = producer.failures.reason(for: watch.address(of: broker))
      if reason == nil, !wake.isStopping.load(ordering: .acquiring) {
        left -= patienceSeconds
        if producer.isAnswered(byLeaderOf: place, timeoutSeconds: patienceSeconds) {
          watch.answered(broker)
          continue
        }
        reason = producer.failures.reason(for: watch.address(of: broker))
      }
      watch.stayedSilent(broker, reason: reason)
    }
    return watch.outlook
  }

  /// Ends the thread and waits for it: at most the time that one question may take. A second call does nothing.
  public func stop() {
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
}
