import CEvent
import Glibc

/// Wakes a loop from other threads, through an eventfd of its own.
///
/// The handler runs on the loop's thread at least once after each `signal`, and once for many signals that come before
/// it runs. Write what the handler shall find before the signal. The loop keeps the wake-up and the handler for as long
/// as it lives; a signal to a loop that is gone does nothing.
public final class WakeUp: Sendable {
  private let descriptor: Int32

  /// Makes a wake-up of a loop. Call it on the loop's thread, or before the loop runs.
  ///
  /// Throws when no descriptor is left.
  public init(loop: EventLoop, handler: @escaping () -> Void) throws(EventLoopError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard descriptor >= 0 else {
      throw EventLoopError("cannot make a wake-up: \(systemMessage(errno)); check the limit of open descriptors")
    }
    loop.keep(WakeUpReceiver(of: self, descriptor: descriptor, loop: loop, handler: handler))
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Wakes the loop. Any thread, never blocks; costs a system call, so call it only when the loop may be asleep.
  public func signal() {
    // Fails only when the counter is full, and then the loop is being woken anyway.
    eventfd_write(descriptor, 1)
  }
}
