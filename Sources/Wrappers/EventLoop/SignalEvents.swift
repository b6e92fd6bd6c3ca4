import CEvent
import Glibc

/// The process signals that a server acts on, as callbacks of a loop.
///
/// Only one loop of a process may watch signals (the library's rule), and while it does, their default actions are off.
/// Confined to the loop's thread, its release too; the default actions come back when it is released. The handler must
/// not capture the owner strongly.
public final class SignalEvents {
  private let loop: EventLoop
  private let handler: (ProcessSignal) -> Void
  private var events: [OpaquePointer] = []

  /// Watches these signals; the handler is called on the loop's thread, at least once after one or more signals of a
  /// kind.
  ///
  /// Throws when the library cannot watch them.
  public init(
    loop: EventLoop, signals: Set<ProcessSignal>, handler: @escaping (ProcessSignal) -> Void
  ) throws(EventLoopError) {
    self.loop = loop
    self.handler = handler
    for signal in signals {
      let event = event_new(
        loop.base, signal.number, Int16(EV_SIGNAL | EV_PERSIST),
        { number, _, context in
          guard let context, let signal = ProcessSignal(number: number) else { return }
          let events = Unmanaged<SignalEvents>.fromOpaque(context).takeUnretainedValue()
          withExtendedLifetime(events) { events.handler(signal) }
        }, Unmanaged.passUnretained(self).toOpaque())
      guard let event else { throw EventLoopError("out of memory for signals") }
      events.append(event)
      guard event_add(event, nil) == 0 else { throw EventLoopError("cannot watch signals: \(systemMessage(errno))") }
    }
  }

  deinit {
    for event in events { event_free(event) }
  }
}
