import MQTTCodec
import Synchronization

/// What the broker keeps for one client identifier, across connections until it expires (MQTT 5.0 section 4.1).
///
/// Confined to the thread of its shard, but for ``serial`` and ``shard``, which never change, and its presence, which
/// is atomic: that is what makes it sendable.
public final class Session: @unchecked Sendable {
  /// Whether a session can be given a message: what other shards may know of it.
  enum Presence: UInt8 {
    case ended
    case away
    /// Its client is connected and so slow that no record of Kafka waits for it.
    case behind
    case connected
  }

  /// A number that no other session of this process has.
  public let serial: UInt64
  /// The shard that it is confined to.
  public let shard: Int
  private let presenceValue = Atomic<UInt8>(Presence.away.rawValue)
  /// What it is called in the broker: the client identifier, with the mount point of its clients where they have one.
  let name: [UInt8]
  /// Who may use the client identifier: the user name and certificate name of the connection that made the session.
  let owner: SessionOwner
  /// The connection, while there is one. The connection's ``Client/session`` is the strong side.
  @exclusivity(unchecked) unowned(unsafe) var client: Client?
  /// Its client fell behind the records of Kafka, and has not caught up since, on this connection or the next.
  var isGivenUp = false
  /// It outlives its connection.
  @exclusivity(unchecked) var isDurable = false
  var expirySeconds: UInt32 = 0
  /// The last CONNECT asked for an expiry, whatever it got.
  var isExpiryAsked = false
  /// Set while no connection has it; 0 otherwise.
  var expiresAtMilliseconds: Int64 = 0
  var isEnded = false
  var publisher: Publisher
  /// Those of the listener where its client connected last.
  @exclusivity(unchecked) var limits: ClientLimits
  var grants: any AccessGrants
  var subscriptions: [[UInt8]: Subscription] = [:]
  @exclusivity(unchecked) var outbound = OutboundFlow()
  @exclusivity(unchecked) var queue = MessageQueue()
  /// Filters whose retained messages it is still to get.
  @exclusivity(unchecked) var searches = RetainedSearches()
  /// It is among those of ``RetainedTurns``.
  var awaitsTurn = false
  /// When its queue, if it is full then, may be searched for expired messages again.
  var queuePurgeMilliseconds: Int64 = 0
  @exclusivity(unchecked) var acknowledgements = AcknowledgementQueue()
  @exclusivity(unchecked) var inbound: [UInt16: InboundState] = [:]
  /// Those of them that an earlier connection left and this one has not sent again: they don't count against its
  /// Receive Maximum (MQTT 5.0 section 4.9).
  var inboundBefore: Set<UInt16> = []
  /// Of publishes of a watched client that are open: what they are, by their place in ``acknowledgements``.
  var watched: [UInt32: WatchedPublish] = [:]
  /// The one entry of the shard's wheel that counts, by its number, and its deadline; others that are still there are
  /// out of date.
  var look: (number: UInt32, atMilliseconds: Int64)?
  var lastLook: UInt32 = 0
  /// A will whose delay runs.
  var delayedWill: (will: Will, dueAtMilliseconds: Int64)?

  /// Nothing waits for it, and nothing is under way.
  var isCaughtUp: Bool { queue.isEmpty && outbound.count == 0 }

  /// Set by its shard, read by any thread that picks a member of a share group.
  var presence: Presence {
    get { Presence(rawValue: presenceValue.load(ordering: .relaxed)) ?? .ended }
    set { presenceValue.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// A QoS 2 publish of the client, by its packet identifier, until PUBREL (method A of MQTT 5.0 figure 4.3).
  enum InboundState {
    /// Its obligations are open: PUBREC is owed.
    case open
    /// PUBREC was sent, or may be.
    case received
  }

  init(
    serial: UInt64, shard: Int, name: [UInt8], owner: SessionOwner, publisher: Publisher, grants: any AccessGrants,
    limits: ClientLimits
  ) {
    self.serial = serial
    self.shard = shard
    self.name = name
    self.owner = owner
    self.publisher = publisher
    self.grants = grants
    self.limits = limits
  }
}

/// Whose a session is: another identity can't take the session over by using its client identifier.
struct SessionOwner: Equatable {
  let userName: [UInt8]
  let certificateName: [UInt8]

  init(_ publisher: Publisher) {
    userName = publisher.userName
    certificateName = publisher.certificateName
  }
}
