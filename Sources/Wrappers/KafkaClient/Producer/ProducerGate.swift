internal import Synchronization

/// Whether records go to a producer's client. It changes only under the lock of what is held back.
enum ProducerGate: UInt8, AtomicRepresentable {
  /// They go to the client.
  case open
  /// The client ended, or must: what comes is held back for its successor, in its order.
  case holding
  /// One client after the other ended: nothing is taken until the next try.
  case refusing
  /// Closed for good.
  case closed
}
