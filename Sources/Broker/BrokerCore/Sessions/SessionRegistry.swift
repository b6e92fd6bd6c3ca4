import Synchronization

/// Which shard has the session of which client identifier: the one place where a client identifier is unique in the
/// broker.
///
/// A connection whose client identifier has a session on another shard moves there, so takeovers are always within one
/// shard. Shared by all shards, under one lock that is held for one dictionary operation and never while another lock
/// is taken.
public final class SessionRegistry: Sendable {
  private let owners = Mutex<[[UInt8]: Int]>([:])
  private let sessionsMax: Int

  /// An empty registry for at most `sessionsMax` sessions.
  public init(sessionsMax: Int) { self.sessionsMax = sessionsMax }

  /// What ``claim(_:by:)`` found.
  public enum Claim: Sendable, Equatable {
    /// The caller has the identifier: before this call, or from now on.
    case own
    /// Another shard has it.
    case other(Int)
    /// There are as many sessions as are allowed.
    case full
  }

  /// Asks for a client identifier on behalf of a shard.
  public func claim(_ clientID: [UInt8], by shard: Int) -> Claim {
    owners.withLock { owners in
      if let owner = owners[clientID] { return owner == shard ? .own : .other(owner) }
      guard owners.count < sessionsMax else { return .full }
      owners[clientID] = shard
      return .own
    }
  }

  /// Gives an identifier back: its session ended.
  public func release(_ clientID: [UInt8]) {
    owners.withLock { _ = $0.removeValue(forKey: clientID) }
  }

  /// Sessions that exist.
  public var count: Int { owners.withLock { $0.count } }
}
