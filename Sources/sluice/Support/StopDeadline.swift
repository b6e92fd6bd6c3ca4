import Glibc
import Synchronization

/// Ends the process when stopping takes too long: a library that doesn't let go must not keep whoever waits for the
/// end. Nothing that was acknowledged is lost by that, as it is not by a crash.
///
/// One at a time; it uses the process's alarm. A SIGALRM that somebody sends changes nothing.
enum StopDeadline {
  private static let dueMilliseconds = Atomic<Int64>(.max)

  /// Says so on standard error and ends the process with status 1, unless ``cancel()`` comes within so many seconds.
  static func set(seconds: UInt32) {
    dueMilliseconds.store(Clock.monotonicMilliseconds() + Int64(seconds) * 1000, ordering: .relaxed)
    signal(SIGALRM) { _ in
      guard Clock.monotonicMilliseconds() >= StopDeadline.dueMilliseconds.load(ordering: .relaxed) else { return }
      let line: StaticString = "sluice: stopping took too long; ended without waiting for the Kafka client\n"
      // Not to a pipe whose reader has stopped reading: that would wait for ever.
      var room = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
      if poll(&room, 1, 0) == 1 { write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount) }
      _exit(1)
    }
    alarm(seconds)
  }

  /// It has stopped in time.
  static func cancel() {
    alarm(0)
    signal(SIGALRM, SIG_IGN)
  }
}
