import Glibc
import Synchronization

/// Threads for what would hold a loop up: password hashes. Bounded: a flood of logins is refused, not queued without
/// end.
final class WorkerPool: Sendable {
  private static let jobsMax = 1_000

  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var isStopping = false
  }

  private let state = Mutex(State())
  // A counting semaphore of the system: its memory must not move, so it lives on the heap.
  nonisolated(unsafe) private let available: UnsafeMutablePointer<sem_t>

  private let threads = Mutex<[SystemThread]>([])

  /// A pool without a worker yet.
  init() {
    available = .allocate(capacity: 1)
    sem_init(available, 0, 0)
  }

  deinit {
    sem_destroy(available)
    available.deallocate()
  }

  /// Starts the workers, each of which keeps the pool until ``stop()``. False when the system has no threads for them.
  func start(threads count: Int) -> Bool {
    for _ in 0..<count {
      guard let thread = SystemThread.start("worker", { [self] in work() }) else { return false }
      threads.withLock { $0.append(thread) }
    }
    return true
  }

  /// Runs a job on some worker. False when too many wait already.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isStopping, state.jobs.count < Self.jobsMax else { return false }
      state.jobs.append(job)
      return true
    }
    if isTaken { sem_post(available) }
    return isTaken
  }

  /// Ends the workers and waits until they are done with what they do; jobs that wait are dropped.
  func stop() {
    state.withLock { state in
      state.isStopping = true
      state.jobs = []
    }
    let running = threads.withLock { threads in
      let all = threads
      threads = []
      return all
    }
    for _ in running { sem_post(available) }
    for thread in running { thread.join() }
  }

  private func work() {
    while true {
      while sem_wait(available) != 0 {}
      let (job, isStopping) = state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopping)
      }
      if isStopping { return }
      job?()
    }
  }
}
