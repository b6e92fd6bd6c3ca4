public import MQTTCodec

/// Every bound of the broker in one place, with its default and the reason for it.
///
/// A value that is copied into each shard at start. Bytes, counts and seconds; each is at least 1 unless it says
/// otherwise.
public struct Limits: Sendable, Equatable {
  /// The largest MQTT packet a client may send. 1 MiB: far above telemetry, and Kafka's own default bound for a record.
  public var packetBytesMax = 1 << 20
  /// The largest packet before CONNECT was accepted: memory for strangers. CONNECT with a will and properties fits in
  /// 64 KiB.
  public var connectPacketBytesMax = 64 << 10
  /// Connections at once, of all shards and listeners. 100,000 idle TLS connections are about 2 GB.
  public var connectionsMax = 100_000
  /// Connections at once of one client address to one listener, an IPv6 address being its network of 64 bits. None in
  /// effect: behind one address there may be a gateway with a whole plant, or a balancer with all clients.
  public var connectionsPerAddressMax = 10_000_000
  /// Connections at once, of all shards and listeners, whose CONNECT is not accepted yet: with the packet size that
  /// they may have, this bounds the memory for strangers (640 MB). Above it nobody is accepted until there are fewer.
  public var pendingConnectionsMax = 10_000
  /// Steps of TLS handshakes in one round of a shard. A step is up to half a millisecond of public-key cryptography, so
  /// those who are connected wait at most some 4 ms for strangers; what is above it waits for the next round.
  public var handshakeStepsPerRoundMax = 8
  /// Once the steps of a round took this long, no further one begins: with groups and keys that are dearer than the
  /// defaults a single step takes up to 3 ms.
  public var handshakeMicrosecondsPerRoundMax = 3000
  /// Seconds from accepting a socket until its CONNECT must be complete, TLS handshake included.
  public var connectTimeoutSeconds = 10
  /// Seconds from accepting a socket until its TLS handshake must be complete.
  public var handshakeTimeoutSeconds = 10
  /// The longest client identifier in bytes. The specification lets a server bound it above 23.
  public var clientIDBytesMax = 256
  /// The deepest topic name or filter. Matching walks level by level, so depth is work.
  public var topicLevelsMax = 32
  /// Subscriptions of one session.
  public var subscriptionsPerSessionMax = 1_000
  /// Topic aliases that a 5.0 client may set (its topics are kept while it is connected).
  public var topicAliasMaximum: UInt16 = 32
  /// QoS 1 and 2 publishes of one client that may be unacknowledged: 5.0 clients are told it as Receive Maximum,
  /// 3.x clients are not read from while it is reached. 1,000 cover 5 ms of Kafka at 200,000 messages/s of 1 client.
  public var receiveMaximum: UInt16 = 1_000
  /// QoS 1 and 2 deliveries to one client that may be unacknowledged, where the client's own Receive Maximum is not
  /// smaller.
  public var inflightMax = 1_000
  /// How long records from Kafka wait for a connected subscriber: as long as the oldest that it was sent may be
  /// unacknowledged, or the oldest that others have may wait in its queue. A minute: more than any pause of a network
  /// that lives.
  public var acknowledgeTimeoutSeconds = 60
  /// How long a partition may stand still because of a subscriber that is slower than others. A second: a pause that
  /// anybody's network may have, and one that the others hardly notice.
  static let slowSubscriberMilliseconds: Int64 = 750
  /// Such a subscriber has at least this part of the partition's open records: one in ten, so that ten of them that
  /// receive different topics are found too, and none that is about to finish.
  static let slowSubscriberShare = 10
  /// How old the oldest message of a client must be for the shard to ask whether others wait for it. Most are
  /// acknowledged sooner, and cost nothing.
  static let inquiryAgeMilliseconds: Int64 = 500
  /// Clients that a shard asks about with each tick; the others' turn comes with the next ones. Some microseconds each.
  static let inquiriesPerTickMax = 256
  /// Records that are looked at for one client. A client that has a tenth of a partition has one of them in it.
  static let inquirySamples = 64
  /// Messages that wait in one session's queue.
  public var queueMessagesMax = 10_000
  /// Bytes of messages that wait in one session's queue.
  public var queueBytesMax = 16 << 20
  /// Bytes that wait for one client's socket before QoS 0 is dropped and QoS 1 and 2 are queued.
  public var outputBytesMax = 1 << 20
  /// Sessions, connected or not, of all shards.
  public var sessionsMax = 200_000
  /// The longest session expiry in seconds; a client that asks for more gets this. A week.
  public var sessionExpirySecondsMax: UInt32 = 7 * 24 * 3600
  /// Retained messages of the broker.
  public var retainedMessagesMax = 100_000
  /// Bytes of all retained messages.
  public var retainedBytesMax = 256 << 20
  /// The longest keep alive in seconds; a 5.0 client that asks for more, or for none, is told this one (Server Keep
  /// Alive), and a 3.x client that asks for none is held to it. 18 hours, the longest that the field can say.
  public var keepAliveSecondsMax: UInt16 = 65_535
  /// The highest QoS of a client's publishes and subscriptions. All that there are.
  public var maximumQoS = QoS.exactlyOnce
  /// Whether clients may set retained messages, and get those that are there.
  public var isRetainAvailable = true
  /// Seconds without a byte from a client until TCP asks whether it is still there. A peer that vanished (power, a
  /// router that forgot the connection) says nothing, and MQTT's keep alive may be hours, or none. Two minutes: below
  /// what routers forget a connection after (5 minutes and more), and seldom enough for devices on a battery.
  public static let tcpIdleSeconds: Int32 = 120
  /// Seconds from one such question to the next: a mobile network that pauses answers the second.
  public static let tcpProbeSeconds: Int32 = 20
  /// Questions without an answer after which the connection is over. With these times it is found after 3 minutes; what
  /// is sent to it and not acknowledged ends it after as long, where TCP alone would try for 15 minutes. So does a
  /// client that has had no room for a single byte for 3 minutes.
  public static let tcpProbes: Int32 = 3
  /// How much further a packet that is not whole yet must have come to count for the keep alive. The specification
  /// counts whole packets only; a large one on a slow line keeps its client from sending another meanwhile.
  static let keepAliveProgressBytesMin = 1_024
  /// Bytes of messages from other shards that wait for one shard; beyond, they don't read from the clients whose
  /// publishes go there. A tenth of a second of one busy shard.
  public var mailboxBytesMax = 16 << 20
  /// Topics whose routes one shard remembers. An entry is about 300 bytes.
  public var matchCacheTopicsMax = 65_536
  /// The longest topic whose route is remembered. Longer ones are looked up at each publish.
  public var matchCacheTopicBytesMax = 1_024
  /// Publishes and records of one shard with open obligations. The token's slot has 24 bits.
  public var ledgerEntriesMax = 1_000_000

  /// The defaults.
  public init() {}
}
