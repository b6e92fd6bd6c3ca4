import CEvent

/// Readiness of one descriptor: subclass it and override `readable` and `writable` (as `final`).
///
/// The loop holds the object from the first `startReading` or `startWriting` until `detach`, so a callback costs one
/// virtual call and no reference counting, and a handler may detach itself, drop its last reference or detach any other
/// inside a callback: what was detached is not called again and stays alive until the round's callbacks are done. Call
/// `detach` before the descriptor is closed, always; without it the object is never freed. Confined to the loop's
/// thread.
///
/// The descriptor stays the owner's: it must be non-blocking, and is not closed here.
open class SocketEvents {
  /// The descriptor that is watched.
  public final let descriptor: Int32
  /// The loop that watches it.
  public final let loop: EventLoop
  private final var readEvent: OpaquePointer?
  private final var writeEvent: OpaquePointer?
  private final var isHeld = false
  private final var isDetached = false

  /// Names a descriptor to watch; nothing is registered or allocated for events yet.
  public init(loop: EventLoop, descriptor: Int32) {
    self.loop = loop
    self.descriptor = descriptor
  }

  /// Called in each round in which the descriptor has input, is at its end, or has failed, while reading is on. On the
  /// loop's thread.
  open func readable() {}

  /// Called in each round in which the descriptor takes output, or has failed, while writing is on. On the loop's
  /// thread.
  open func writable() {}

  /// Asks for `readable`, until `stopReading` or `detach`. Does nothing once detached.
  public final func startReading() {
    if isDetached { return }
    if readEvent == nil {
      readEvent = event_new(
        loop.base, descriptor, Int16(EV_READ | EV_PERSIST),
        { _, _, context in
          guard let context else { return }
          Unmanaged<SocketEvents>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.readable() }
        }, hold())
    }
    add(readEvent)
  }

  /// Stops `readable`, also one that is due in this round. The registration is kept for the next `startReading`.
  public final func stopReading() {
    if let readEvent { event_del(readEvent) }
  }

  /// Asks for `writable`, until `stopWriting` or `detach`. Does nothing once detached.
  public final func startWriting() {
    if isDetached || writeEvent != nil { return }
    writeEvent = event_new(
      loop.base, descriptor, Int16(EV_WRITE | EV_PERSIST),
      { _, _, context in
        guard let context else { return }
        Unmanaged<SocketEvents>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.writable() }
      }, hold())
    add(writeEvent)
  }

  /// Stops `writable`, also one that is due in this round, and frees its registration: a socket is seldom full.
  public final func stopWriting() {
    guard let event = writeEvent else { return }
    writeEvent = nil
    event_free(event)
  }

  /// Removes all registrations, for good. Call it before the descriptor is closed; a second call does nothing.
  public final func detach() {
    isDetached = true
    if let event = readEvent {
      readEvent = nil
      event_free(event)
    }
    stopWriting()
    if isHeld {
      isHeld = false
      loop.release(Unmanaged.passUnretained(self))
    }
  }

  /// The context of the callbacks, which holds the object once, however many registrations there are.
  private final func hold() -> UnsafeMutableRawPointer {
    if isHeld { return Unmanaged.passUnretained(self).toOpaque() }
    isHeld = true
    return Unmanaged.passRetained(self).toOpaque()
  }

  /// Memory is all that can be missing here, and without it Swift itself cannot go on either.
  private final func add(_ event: OpaquePointer?) {
    guard let event, event_add(event, nil) == 0 else { fatalError("out of memory for an event") }
  }
}
