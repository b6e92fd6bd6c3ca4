import Glibc

/// Ends the process when stopping takes too long: a library that doesn't let go must not keep whoever waits for the
/// end. Nothing that was acknowledged is lost by that, as it is not by a crash.
///
/// One at a time; it uses the process's alarm.
enum StopDeadline {
  /// Says so on standard error and ends the process with status 1, unless ``cancel()`` comes within so many seconds.
  static func set(seconds: UInt32) {
    signal(SIGALRM) { _ in
      let line: StaticString = "sluice: stopping took too long; ended without waiting for the Kafka client\n"
      write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
      _exit(1)
    }
    alarm(seconds)
  }

  /// It has stopped in time.
  static func cancel() { alarm(0) }
}
