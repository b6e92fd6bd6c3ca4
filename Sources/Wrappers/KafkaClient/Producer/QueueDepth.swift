internal import Synchronization

/// How much a producer holds; changed by every thread that produces and by the delivery thread.
///
/// A record is counted before its thread looks whether the gate is open: whoever has shut the gate and finds nothing
/// counted but what it holds itself knows that nobody is handing a record over. Hence the order of these two accesses.
final class QueueDepth: Sendable {
  let records = Atomic<Int>(0)
  let bytes = Atomic<Int>(0)

  @inline(__always)
  func add(records count: Int, bytes size: Int) {
    records.wrappingAdd(count, ordering: .sequentiallyConsistent)
    bytes.wrappingAdd(size, ordering: .relaxed)
  }

  @inline(__always)
  func subtract(records count: Int, bytes size: Int) {
    records.wrappingSubtract(count, ordering: .releasing)
    bytes.wrappingSubtract(size, ordering: .relaxed)
  }
}
