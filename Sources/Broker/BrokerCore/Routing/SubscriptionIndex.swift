import Synchronization

/// All subscriptions of the broker, shared by all shards.
///
/// Changed and searched under one lock; the hot path does neither, it reads its shard's ``MatchCache`` and compares ``generation``.
/// No other lock is taken while this one is held.
public final class SubscriptionIndex: Sendable {
  private let tree = Mutex(TopicTree<Subscription>())
  private let changes = Atomic<UInt64>(1)

  /// An empty index.
  public init() {}

  /// Counts the changes: a route that was computed at another generation is out of date. From any thread.
  @inline(__always)
  public var generation: UInt64 { changes.load(ordering: .acquiring) }

  /// Makes every cached route be computed again, as after a change of what somebody may receive.
  public func invalidateRoutes() { changes.wrappingAdd(1, ordering: .acquiringAndReleasing) }

  /// Adds or replaces the session's subscription to a filter. Returns whether it is new.
  @discardableResult
  public func subscribe(_ subscription: Subscription, to filter: [UInt8]) -> Bool {
    let isNew = tree.withLock { $0.insert(subscription, key: subscription.session.serial, at: filter) == nil }
    invalidateRoutes()
    return isNew
  }

  /// Removes the session's subscription to a filter. Returns whether there was one.
  @discardableResult
  public func unsubscribe(_ session: Session, from filter: [UInt8]) -> Bool {
    let wasThere = tree.withLock { $0.remove(key: session.serial, at: filter) != nil }
    if wasThere { invalidateRoutes() }
    return wasThere
  }

  /// The subscriptions whose filters match a topic name; one session may have several.
  public func subscriptions(matching topic: [UInt8]) -> [Subscription] {
    tree.withLock { tree in
      var found: [Subscription] = []
      tree.forEach(matching: topic) { found.append($0) }
      return found
    }
  }
}
