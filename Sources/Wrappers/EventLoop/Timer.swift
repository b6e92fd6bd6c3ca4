import CEvent
import Glibc

/// A timer of a loop, one-shot or repeating. Confined to the loop's thread, its release too.
///
/// The handler may start, stop or release its own timer. The timer keeps its handler, and the loop does not keep the
/// timer: let the handler capture the timer's owner `unowned` or `weak`. Make one for each loop and drive a timer wheel
/// with it, rather than one for each of many things.
public final class Timer {
  private let loop: EventLoop
  private var event: OpaquePointer?
  private let handler: () -> Void

  /// Makes a timer that does not run yet. With `repeating` it fires again and again, at its distance, until it is
  /// stopped.
  public init(loop: EventLoop, repeating: Bool = false, handler: @escaping () -> Void) {
    self.loop = loop
    self.handler = handler
    event = event_new(
      loop.base, -1, repeating ? Int16(EV_PERSIST) : 0,
      { _, _, context in
        guard let context else { return }
        let timer = Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue()
        withExtendedLifetime(timer) { timer.handler() }
      }, Unmanaged.passUnretained(self).toOpaque())
    guard event != nil else { fatalError("out of memory for a timer") }
  }

  deinit {
    if let event { event_free(event) }
  }

  /// Starts it, or starts it anew when it runs: it fires `milliseconds` from the current round (0: in the next round),
  /// never early and up to a kernel tick late. Negative is taken as 0; more than a year as a year.
  public func start(milliseconds: Int64) {
    let bounded = min(max(milliseconds, 0), Timer.yearMilliseconds)
    var interval = timeval(tv_sec: Int(bounded / 1000), tv_usec: Int(bounded % 1000 * 1000))
    guard event_add(event, &interval) == 0 else { fatalError("out of memory for a timer") }
  }

  /// Stops it, also when it is due in this round.
  public func stop() { event_del(event) }

  /// Whether it runs.
  public var isRunning: Bool { event_pending(event, Int16(EV_TIMEOUT), nil) != 0 }

  /// Longer sums could overflow in the library.
  private static let yearMilliseconds: Int64 = 366 * 24 * 3600 * 1000
}
