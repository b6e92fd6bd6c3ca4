import EventLoop
import Glibc

/// A thread of the system, with a name that `top -H` shows.
struct SystemThread: @unchecked Sendable {
  private let handle: pthread_t

  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a thread; nil when the system has none to give.
  @discardableResult
  static func start(_ name: String, _ run: @escaping @Sendable () -> Void) -> SystemThread? {
    var handle = pthread_t()
    let body = Unmanaged.passRetained(Body(name, run))
    let result = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
        SystemCalls.nameThread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard result == 0 else {
      body.release()
      return nil
    }
    return SystemThread(handle: handle)
  }

  /// Waits for its end.
  func join() { pthread_join(handle, nil) }
}
