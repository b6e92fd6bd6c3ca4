import MQTTCodec
import Synchronization

/// All subscriptions of the broker, shared by all shards.
///
/// Changed and searched under one lock; the hot path does neither, it reads its shard's ``MatchCache`` and compares
/// ``generation``. No other lock is taken while this one is held.
public final class SubscriptionIndex: Sendable {
  /// One group with its members, by the serial numbers of their sessions.
  private struct Share {
    let group: ShareGroup
    var members: [UInt64: Subscription] = [:]
  }

  private struct State {
    var own = TopicTree<Subscription>()
    /// Groups by their serial numbers, at the filters that they share.
    var groups = TopicTree<ShareGroup>()
    /// Groups by their whole filters.
    var shares: [[UInt8]: Share] = [:]
    var lastSerial: UInt64 = 0
  }

  /// What receives a topic.
  struct Matches {
    /// Sessions with a subscription of their own; one session may be here several times.
    var own: [Subscription] = []
    /// Groups, with their members in the order of their sessions.
    var shared: [(group: ShareGroup, members: [Subscription])] = []
  }

  private let state = Mutex(State())
  private let changes = Atomic<UInt64>(1)

  /// An empty index.
  public init() {}

  /// Counts the changes: a route that was computed at another generation is out of date. From any thread.
  @inline(__always)
  public var generation: UInt64 { changes.load(ordering: .acquiring) }

  /// Makes every cached route be computed again, as after a change of what somebody may receive.
  public func invalidateRoutes() { changes.wrappingAdd(1, ordering: .acquiringAndReleasing) }

  /// Adds or replaces the session's subscription to a filter, shared or its own. Returns whether it is new.
  @discardableResult
  public func subscribe(_ subscription: Subscription, to filter: [UInt8]) -> Bool {
    let key = subscription.session.serial
    let isNew = state.withLock { state in
      guard let inner = Self.sharedFilter(filter) else {
        return state.own.insert(subscription, key: key, at: filter) == nil
      }
      if state.shares[filter] == nil {
        state.lastSerial += 1
        let group = ShareGroup(serial: state.lastSerial, filter: filter)
        state.shares[filter] = Share(group: group)
        _ = state.groups.insert(group, key: group.serial, at: inner)
      }
      return state.shares[filter]?.members.updateValue(subscription, forKey: key) == nil
    }
    invalidateRoutes()
    return isNew
  }

  /// Removes the session's subscription to a filter. Returns whether there was one.
  @discardableResult
  public func unsubscribe(_ session: Session, from filter: [UInt8]) -> Bool {
    let wasThere = state.withLock { state in
      guard let inner = Self.sharedFilter(filter) else {
        return state.own.remove(key: session.serial, at: filter) != nil
      }
      guard let removed = state.shares[filter]?.members.removeValue(forKey: session.serial) else { return false }
      if let share = state.shares[filter], share.members.isEmpty {
        state.shares[filter] = nil
        _ = state.groups.remove(key: share.group.serial, at: inner)
      }
      _ = removed
      return true
    }
    if wasThere { invalidateRoutes() }
    return wasThere
  }

  /// What a topic name is received by.
  func matches(of topic: [UInt8]) -> Matches {
    state.withLock { state in
      var found = Matches()
      state.own.forEach(matching: topic) { found.own.append($0) }
      state.groups.forEach(matching: topic) { group in
        found.shared.append((group, Self.members(state.shares[group.filter])))
      }
      return found
    }
  }

  /// The members of a group now.
  func members(of group: ShareGroup) -> [Subscription] {
    state.withLock { Self.members($0.shares[group.filter]) }
  }

  private static func members(_ share: Share?) -> [Subscription] {
    (share?.members.values).map { $0.sorted { $0.session.serial < $1.session.serial } } ?? []
  }

  /// The filter that a group shares, or nil when the subscription isn't a shared one.
  private static func sharedFilter(_ filter: [UInt8]) -> [UInt8]? {
    guard filter.first == UInt8(ascii: "$"), let parsed = TopicFilter(filter), parsed.sharedGroup != nil else {
      return nil
    }
    return Array(parsed.matched)
  }
}
