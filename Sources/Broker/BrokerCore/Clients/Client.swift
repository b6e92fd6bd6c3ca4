public import MQTTCodec

/// The MQTT side of one connection: what its session, its rights and its output are. The transport subclasses it with
/// the socket's side.
///
/// Confined to the thread of its shard. What is final and plain here is touched for every packet.
open class Client {
  /// How far the connection has come.
  public enum Phase: UInt8, Sendable {
    /// Nothing but CONNECT is accepted.
    case awaitsConnect
    /// CONNECT is being judged; no further packet is looked at.
    case authenticating
    /// Extended authentication waits for the client's AUTH.
    case exchanging
    /// CONNACK was sent.
    case connected
    /// Over: what is in ``Client/output`` is sent, then the socket is closed.
    case closed
  }

  /// Its bounds, which all clients of its listener share.
  public final let limits: ClientLimits
  /// How far the connection has come.
  @exclusivity(unchecked) public final internal(set) var phase = Phase.awaitsConnect
  /// Bytes to send at the end of the round.
  @exclusivity(unchecked) public final var output = ByteBuffer()
  /// Bytes that the transport still holds because the socket was full; the transport keeps it true.
  @exclusivity(unchecked) public final var backlogBytes = 0
  /// It is among ``ShardCore/touched``; the transport clears it when it flushes.
  @exclusivity(unchecked) public final var isTouched = false
  /// Messages of QoS 0 may wait in its session's queue, or retained messages are searched for: further messages wait
  /// behind them.
  @exclusivity(unchecked) final var queuesAtMostOnce = false
  /// Nothing more is read from it until ``ShardHost/resume(_:)``.
  @exclusivity(unchecked) public final internal(set) var isPaused = false
  /// The protocol version of its CONNECT.
  @exclusivity(unchecked) public final internal(set) var version = ProtocolVersion.v3_1_1
  /// Why it was closed, in plain words for the log; nil when the client said DISCONNECT or is still open.
  public final internal(set) var closeReason: String?

  /// Where it connects from, for logs.
  open var peerAddress: String { "" }
  /// The listener that it came to, for logs.
  open var listenerName: String { "" }

  // MARK: the core's own

  final var id: UInt64 = 0
  @exclusivity(unchecked) final var session: Session?
  final var grants: (any AccessGrants)?
  @exclusivity(unchecked) final var publisher: Publisher = .unknown
  /// The route that the client's last publish took and was allowed to take.
  @exclusivity(unchecked) final var allowedRoute: UInt32 = 0
  /// Names the client in the shard's cache of decisions.
  final var decisionKey: UInt32 = 0
  @exclusivity(unchecked) final var isV5 = false
  /// Deliveries at QoS 1 and 2 that may be in flight.
  @exclusivity(unchecked) final var sendQuota = 0
  /// Identifiers of what an earlier connection of the session was sent, to be sent again when the quota allows; newest
  /// first.
  final var resends: [UInt16] = []
  /// The largest packet that the client takes.
  @exclusivity(unchecked) final var packetBytesMax = Int.max
  final var keepAliveMilliseconds: Int64 = 0
  @exclusivity(unchecked) final var heardAtMilliseconds: Int64 = 0
  /// How much of a packet that is not whole yet had come when it last counted for the keep alive.
  @exclusivity(unchecked) final var partBytesHeard = 0
  /// How much of what it sent and is not handled yet was looked through for PINGREQ, and how many of those there were
  /// answered already.
  @exclusivity(unchecked) final var bytesSeenAhead = 0
  final var pingsAnsweredAhead = 0
  final var openedAtMilliseconds: Int64 = 0
  final var topicAliases: [UInt16: [UInt8]] = [:]
  final var request: ConnectRequest?
  final var will: Will?
  final var wantsProblemInformation = true
  /// The method of extended authentication that its CONNECT named.
  final var authenticationMethod: [UInt8]?
  /// Data of that method for CONNACK.
  final var lastAuthenticationData: [UInt8]?
  /// It asked to be authenticated again, and that is not decided yet.
  final var isReauthenticating = false
  /// While it is authenticated again: a challenge was sent that it has not answered.
  final var isChallenged = false
  /// A 3.x client whose publishes must be known again if they are refused.
  @exclusivity(unchecked) final var isWatched = false
  /// How records of Kafka wait for it.
  @exclusivity(unchecked) final var patience = Patience()
  /// Topic aliases that the client was told, by the routes of their topics, and how many it takes.
  final var sentAliases: [UInt32: UInt16] = [:]
  @exclusivity(unchecked) final var sentAliasesMax = 0

  /// What its topics lie below; nil where they are what it calls them.
  public final let mountPoint: MountPoint?
  /// What of ``FanOut/encodedVariant`` depends on the client alone.
  @exclusivity(unchecked) final var variant: UInt32 = 0

  /// A connection that has said nothing yet.
  public init(limits: ClientLimits, mountPoint: MountPoint? = nil) {
    self.limits = limits
    self.mountPoint = mountPoint
  }

  /// The client identifier, for logs; empty before CONNECT was accepted.
  public final var clientID: [UInt8] { publisher.clientID }

  /// What the engine said, within its mount point.
  final func rights(_ grants: any AccessGrants) -> any AccessGrants {
    mountPoint.map { MountedGrants(grants, below: $0) } ?? grants
  }

  /// Puts what a topic of the client's is called in the broker at the end of `buffer`.
  final func appendOutside(_ topic: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    if let mountPoint { mountPoint.appendOutside(topic, to: &buffer) } else { buffer.append(topic) }
  }

  /// The topic as the client calls it.
  @inline(__always)
  final func ownName(of topic: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let mountPoint else { return topic }
    return UnsafeRawBufferPointer(rebasing: topic.dropFirst(mountPoint.hiddenBytes(of: topic)))
  }
}

extension Publisher {
  /// Nobody: what a connection is before its CONNECT was accepted.
  public static let unknown = Publisher(clientID: [], userName: [])
}
