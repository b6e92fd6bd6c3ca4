internal import CRdKafka
internal import Glibc

/// A thread of this module: named, with all signals blocked so that they go to the threads that want them.
final class ClientThread: @unchecked Sendable {
  // Written once by init, read by join, which is called once.
  private var thread = pthread_t()

  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts the thread. `name` is at most 15 bytes, as Linux has it.
  init(name: String, _ body: @escaping @Sendable () -> Void) throws(KafkaError) {
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    let error = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        crdkafka_name_this_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard error == 0 else {
      start.release()
      throw KafkaError(
        code: .invalidArgument, reason: "can't start the thread \(name): \(String(cString: strerror(error)))")
    }
  }

  /// Waits until the thread's body has returned. Call it exactly once, from another thread.
  func join() { pthread_join(thread, nil) }
}
