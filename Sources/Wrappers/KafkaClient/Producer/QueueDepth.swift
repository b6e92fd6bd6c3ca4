internal import Synchronization

/// How much a producer holds; changed by every thread that produces and by the delivery thread.
final class QueueDepth: Sendable {
  let records = Atomic<Int>(0)
  let bytes = Atomic<Int>(0)

  @inline(__always)
  func add(records count: Int, bytes size: Int) {
    records.wrappingAdd(count, ordering: .relaxed)
    bytes.wrappingAdd(size, ordering: .relaxed)
  }

  @inline(__always)
  func subtract(records count: Int, bytes size: Int) {
    records.wrappingSubtract(count, ordering: .relaxed)
    bytes.wrappingSubtract(size, ordering: .relaxed)
  }
}
