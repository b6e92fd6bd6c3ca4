internal import Glibc

/// What one thread waits for and others post: a semaphore at a fixed address, as POSIX demands.
final class WakeUp: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func post() { sem_post(semaphore) }

  /// True when it was posted, false when the time is over.
  func wait(seconds: Double) -> Bool {
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    let nanoseconds = until.tv_nsec + Int(max(0, seconds) * 1e9)
    until.tv_sec += nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    while true {
      if sem_timedwait(semaphore, &until) == 0 { return true }
      if errno != EINTR { return false }
    }
  }
}
