import Glibc

/// The clock that never goes back.
enum MonotonicTime {
  /// Nanoseconds since an unknown moment.
  static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
