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
    /// The filters of the last changes, that of change n at n modulo their number; nil for one that concerns any topic.
    var changed: [TopicFilter?] = Array(repeating: nil, count: SubscriptionIndex.changesKept)
  }

  /// Changes that are looked through before a route is computed again: as long as that is the cheaper of the two.
  private static let changesKept = 64

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

  /// Makes the cached routes that the filters match be computed again, as after a change of what their subscriber may
  /// receive.
  public func invalidateRoutes(of filters: some Collection<[UInt8]>) {
    state.withLock { state in
      if filters.count <= Self.changesKept {
        for filter in filters { count(TopicFilter(filter), in: &state) }
      } else {
        count(nil, in: &state)
      }
    }
  }

  /// Counts a change of one filter's subscribers; of any filter's if it is nil.
  private func count(_ filter: TopicFilter?, in state: inout State) {
    // Only here, so under the lock, and the number names the place.
    let number = changes.load(ordering: .relaxed) &+ 1
    state.changed[Int(truncatingIfNeeded: number % UInt64(Self.changesKept))] = filter
    changes.store(number, ordering: .releasing)
  }

  /// The generation now, if no change since `generation` can have been about `topic`; nil if one was, or there were too
  /// many to tell.
  func generationIfUnchanged(for topic: [UInt8], since generation: UInt64) -> UInt64? {
    state.withLock { state in
      let now = changes.load(ordering: .relaxed)
      guard now &- generation <= UInt64(Self.changesKept) else { return nil }
      for number in generation..<now {
        let place = Int(truncatingIfNeeded: (number + 1) % UInt64(Self.changesKept))
        guard let filter = state.changed[place], !topic.withUnsafeBytes({ filter.matches(topic: $0) }) else {
          return nil
        }
      }
      return now
    }
  }

  /// Adds or replaces the session's subscription to a filter, shared or its own. Returns whether it is new.
  @discardableResult
  public func subscribe(_ subscription: Subscription, to filter: [UInt8]) -> Bool {
    let key = subscription.session.serial
    return state.withLock { state in
      count(TopicFilter(filter), in: &state)
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
  }

  /// Removes the session's subscription to a filter. Returns whether there was one.
  @discardableResult
  public func unsubscribe(_ session: Session, from filter: [UInt8]) -> Bool {
    state.withLock { state in
      count(TopicFilter(filter), in: &state)
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
