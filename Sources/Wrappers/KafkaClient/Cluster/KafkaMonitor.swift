internal import CRdKafka
internal import Glibc
internal import Synchronization

/// Asks a producer's cluster from time to time whether it can be reached, on a thread of its own, and tells the first
/// answer and every change. What is queued is not touched.
public final class KafkaMonitor: Sendable {
  /// How long one question may wait for its answer.
  private static let answerSeconds = 2.0
  /// Pause after an answer, unless told otherwise; brokers close idle connections after 10 minutes.
  public static let pauseSecondsDefault = 10
  /// Pause after none.
  private static let retrySeconds = 1

  private let wake = Wake()
  private let thread = Mutex<ClientThread?>(nil)

  /// A semaphore at a fixed address, as POSIX demands.
  private final class Wake: @unchecked Sendable {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
      sem_destroy(semaphore)
      semaphore.deallocate()
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
  ///   - pauseSeconds: how long after an answer it asks again.
  ///   - changed: called on the monitor's thread with nil when Kafka can be reached, with the reason when it can't be,
  ///     and with ``KafkaErrorCode/fatal`` when the producer can't go on.
  ///   - answered: called on the monitor's thread for each answer.
  public init(
    producer: KafkaProducer, pauseSeconds: Int = pauseSecondsDefault,
    changed: @escaping @Sendable (KafkaError?) -> Void, answered: @escaping @Sendable () -> Void = {}
  ) throws(KafkaError) {
    let wake = wake
    let started = try ClientThread(name: "kafka-monitor") {
      var last: (isReachable: Bool, isFatal: Bool)?
      while true {
        let error = producer.probe(timeoutSeconds: KafkaMonitor.answerSeconds)
        let now = (isReachable: error == nil, isFatal: error?.code == .fatal)
        if last.map({ $0 != now }) ?? true {
          last = now
          changed(error)
        }
        if error == nil { answered() }
        let pause = error == nil || now.isFatal ? pauseSeconds : KafkaMonitor.retrySeconds
        if wake.wait(seconds: pause) { return }
      }
    }
    thread.withLock { $0 = started }
  }

  /// Ends the thread and waits for it: at most the time that one question may take. A second call does nothing.
  public func stop() {
    let running = thread.withLock { thread in
      let taken = thread
      thread = nil
      return taken
    }
    guard let running else { return }
    sem_post(wake.semaphore)
    running.join()
  }

  deinit { stop() }
}
