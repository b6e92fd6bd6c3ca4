import CEvent
import Glibc

/// The module's main type: one loop of readiness callbacks, timers, signals and wake-ups on libevent 2.1.
///
/// The module wraps what a server needs of libevent, and knows nothing of any protocol. A loop and all that is
/// registered with it are confined to one thread, the one that calls `runOnce`; make them there. Only `WakeUp.signal`
/// is for other threads. Inside a loop there are no locks.
public final class EventLoop {
  /// The library's base: for this module's types, and for `HTTPServer`, whose part of the library runs on it.
  package let base: OpaquePointer
  private var isRunning = false
  private var roundMilliseconds: Int64 = -1
  private var detached: [Unmanaged<SocketEvents>] = []
  private var receivers: [WakeUpReceiver] = []

  /// Makes a loop with nothing registered.
  ///
  /// Throws when the system has no descriptors or memory left for it.
  public init() throws(EventLoopError) {
    guard let settings = event_config_new() else { throw EventLoopError("out of memory for an event loop") }
    defer { event_config_free(settings) }
    // No locks, since the loop is confined to a thread. The change list merges what is added and removed in one round
    // into at most one system call for each descriptor; it requires that no descriptor is closed before its events are.
    let flags = EVENT_BASE_FLAG_NOLOCK.rawValue | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST.rawValue
    guard event_config_set_flag(settings, Int32(flags)) == 0, let base = event_base_new_with_config(settings) else {
      throw EventLoopError("cannot make an event loop: \(systemMessage(errno)); check the limit of open descriptors")
    }
    self.base = base
  }

  deinit {
    // Sockets, timers and signals keep their loop alive, so only wake-ups can be left.
    for receiver in receivers { receiver.free() }
    event_base_free(base)
  }

  /// Runs one round: every callback that is ready, once.
  ///
  /// With `waiting`, waits first until something is ready or a timer is due; otherwise looks only. What detaches itself
  /// in a callback is let go at the end of the round. Must not be called from a callback.
  /// - Returns: false when the loop cannot go on: nothing is registered, or the library failed.
  public func runOnce(waiting: Bool) -> Bool {
    if isRunning { return false }
    isRunning = true
    roundMilliseconds = -1
    let result = event_base_loop(base, waiting ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK)
    isRunning = false
    if !detached.isEmpty { releaseDetached() }
    return result == 0
  }

  /// The monotonic time of this round in milliseconds, from an arbitrary start that all loops of the process share.
  ///
  /// Read once a round at the first question, after the round's waiting: the next answer costs a load. The resolution
  /// is the kernel's tick (1 to 10 ms, usually 4), and it is the clock that the loop's timers go by, so a timer never
  /// fires before this clock says that it is due. Do not compare it with other clocks.
  public func nowMilliseconds() -> Int64 {
    if roundMilliseconds < 0 {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
      roundMilliseconds = Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
    }
    return roundMilliseconds
  }

  /// Lets go of what a socket's registration held: at once between rounds, else when the round's callbacks are done,
  /// since the callback that is running may be its own.
  func release(_ events: Unmanaged<SocketEvents>) {
    if isRunning { detached.append(events) } else { events.release() }
  }

  /// Keeps a wake-up's receiving end for as long as the loop lives.
  func keep(_ receiver: WakeUpReceiver) { receivers.append(receiver) }

  private func releaseDetached() {
    // A release can run deinitializers, which can detach others: those are released at once, not appended here.
    let ended = detached
    detached.removeAll(keepingCapacity: ended.count <= EventLoop.detachedKept)
    for events in ended { events.release() }
  }

  /// A round that detaches more than this gives its list's memory back.
  private static let detachedKept = 1024
}
