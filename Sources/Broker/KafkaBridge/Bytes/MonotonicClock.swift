internal import Glibc

/// Seconds of the system's monotonic clock. Asked only when something is refused, to bound what is logged.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
