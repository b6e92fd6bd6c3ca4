/// Where publishes go besides sessions: the way out to Kafka.
///
/// A shard asks once for each topic which way its messages take (``plan(topic:)``, kept in the shard's match cache),
/// and then forwards each publish on that plan. All shards call it concurrently.
public protocol Outlet: AnyObject, Sendable {
  /// The plan for a topic name, or nil when no mapping names it. Called on a shard's thread on a cache miss: must not
  /// block.
  func plan(topic: UnsafeRawBufferPointer) -> OutletPlan?

  /// Forwards one publish on a plan that ``plan(topic:)`` gave for its topic.
  ///
  /// Returns how many obligations it opened: exactly so many discharges of `token` follow later, each through
  /// ``ShardMailboxes/post(discharges:to:)``, never from inside this call. With ``ObligationToken/none`` no discharge
  /// follows and 0 is returned. Called on a shard's thread for every publish: must not block, and copies what it keeps.
  func forward(_ publish: borrowing PublishView, on plan: OutletPlan, token: ObligationToken) -> ForwardOutcome
}

/// A route of one topic to the outlet; a bridge subclasses it with what it wants to keep for the topic. Immutable.
open class OutletPlan: @unchecked Sendable {
  /// Creates an empty plan.
  public init() {}
}

/// What became of one publish at the outlet.
public enum ForwardOutcome: Sendable, Equatable {
  /// Taken, with so many obligations open under the token (0 when no mapping promises anything).
  case accepted(obligations: Int)
  /// Not taken: there is no room now. The publisher must be told (0x97), or slowed down.
  case refusedForQuota
  /// Not taken: it can never be forwarded (for example a record that is too large).
  case refused
  /// As ``refused``, and a 3.x publisher, which can't be told, is acknowledged.
  case refusedUntold
}
