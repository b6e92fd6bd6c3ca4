public import Synchronization

/// A number that one thread adds to and any thread reads: a plain store in the hot path, no locked instruction.
public struct Counter: ~Copyable, Sendable {
  @usableFromInline let value = Atomic<Int>(0)

  /// Starts at 0.
  public init() {}

  /// Adds; only ever from the one thread that owns the counter.
  @inlinable @inline(__always)
  public func add(_ n: Int = 1) { value.store(value.load(ordering: .relaxed) &+ n, ordering: .relaxed) }

  /// Sets; only ever from the one thread that owns the counter.
  @inlinable
  public func set(_ n: Int) { value.store(n, ordering: .relaxed) }

  /// The number now; from any thread.
  @inlinable
  public var now: Int { value.load(ordering: .relaxed) }
}
