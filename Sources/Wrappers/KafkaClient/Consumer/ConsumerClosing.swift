internal import Synchronization

/// Whether a consumer shall end, and how long that may take: asked by its thread, told by any.
final class ConsumerClosing: Sendable {
  private let seconds = Mutex<Double?>(nil)

  /// How long the end may take; nil while it goes on.
  var timeoutSeconds: Double? { seconds.withLock { $0 } }

  /// The first one who asks says how long it may take.
  func close(timeoutSeconds: Double) { seconds.withLock { if $0 == nil { $0 = timeoutSeconds } } }
}
