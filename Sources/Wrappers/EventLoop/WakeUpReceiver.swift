import CEvent

/// The loop's end of a wake-up. It keeps the wake-up, so that the descriptor is not closed while it is registered.
final class WakeUpReceiver {
  private let wakeUp: WakeUp
  private let handler: () -> Void
  private var event: OpaquePointer?

  init(of wakeUp: WakeUp, descriptor: Int32, loop: EventLoop, handler: @escaping () -> Void) {
    self.wakeUp = wakeUp
    self.handler = handler
    // Edge-triggered: each write is reported once and the counter need not be read, which saves a system call a
    // wake-up.
    event = event_new(
      loop.base, descriptor, Int16(EV_READ | EV_PERSIST | EV_ET),
      { _, _, context in
        guard let context else { return }
        Unmanaged<WakeUpReceiver>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.handler() }
      }, Unmanaged.passUnretained(self).toOpaque())
    guard event != nil, event_add(event, nil) == 0 else { fatalError("out of memory for a wake-up") }
  }

  /// Removes the registration; called by the loop at its end.
  func free() {
    guard let event else { return }
    self.event = nil
    event_free(event)
  }
}
