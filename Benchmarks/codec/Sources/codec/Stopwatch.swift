import Glibc

/// CPU time a packet, which other processes on the machine disturb less than time on the clock.
struct Stopwatch {
  /// Nanoseconds that one measurement takes at least.
  static let nanosecondsMin: Int64 = 20_000_000

  let runs: Int

  /// Nanoseconds a packet of each run; `body` handles `count` packets a call.
  func measure(count: Int, _ body: () -> Void) -> [Double] {
    body()
    var calls = 1
    while time(calls, body) < Self.nanosecondsMin { calls *= 2 }
    return (0..<runs).map { _ in Double(time(calls, body)) / Double(calls * count) }
  }

  private func time(_ calls: Int, _ body: () -> Void) -> Int64 {
    let start = now()
    for _ in 0..<calls { body() }
    return now() - start
  }

  private func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Takes a value out of the optimizer's sight.
@inline(never)
@_optimize(none)
func keep<Value>(_ value: borrowing Value) {}

/// The value itself, of which the optimizer knows nothing.
@inline(never)
@_optimize(none)
func hidden<Value>(_ value: Value) -> Value { value }
