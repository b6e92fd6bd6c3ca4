/// Every bound that an operator may set, with its default. Sizes are bytes and times are seconds, whatever unit the
/// file used.
///
/// A listener has a copy of its own, in which its section `limits` has changed what may differ by listener.
public struct LimitsConfiguration: Sendable, Equatable {
  /// `packet_bytes_max`: the largest MQTT packet that a client may send. 1 MiB; 1 KiB to 256 MiB. MQTT's own
  /// bound is a byte less: 256 MiB is read as that.
  public var packetBytesMax = 1 << 20
  /// `connect_packet_bytes_max`: the largest packet of a client that is not yet accepted. 64 KiB; 1 KiB to 1 MiB.
  public var connectPacketBytesMax = 64 << 10
  /// `connections_max`: connections at once, of all listeners. 100,000; 1 to 10,000,000.
  public var connectionsMax = 100_000
  /// `connections_per_address_max`: connections at once of one client address to one listener. 10,000,000, which is
  /// none in effect; 1 to 10,000,000.
  public var connectionsPerAddressMax = 10_000_000
  /// `pending_connections_max`: connections at once, of all listeners, whose CONNECT is not accepted yet. 10,000; 1 to
  /// 10,000,000.
  public var pendingConnectionsMax = 10_000
  /// `sessions_max`: sessions, connected or not. 200,000; 1 to 100,000,000; not below `connections_max`.
  public var sessionsMax = 200_000
  /// `client_id_bytes_max`: the longest client identifier. 256; 23 (which MQTT 3.1.1 requires) to 1,024.
  public var clientIDBytesMax = 256
  /// `topic_levels_max`: the deepest topic or filter. 32; 2 to 128.
  public var topicLevelsMax = 32
  /// `subscriptions_per_client_max`: subscriptions of one session. 1,000; 1 to 1,000,000.
  public var subscriptionsPerClientMax = 1_000
  /// `topic_alias_maximum`: topic aliases that an MQTT 5.0 client may set. 32; 0 to 65,535.
  public var topicAliasMaximum = 32
  /// `receive_maximum`: QoS 1 and 2 publishes of one client that may be unacknowledged. 1,000; 1 to 65,535.
  public var receiveMaximum = 1_000
  /// `inflight_max`: QoS 1 and 2 deliveries to one client that may be unacknowledged. 1,000; 1 to 65,535.
  public var inflightMax = 1_000
  /// `acknowledge_timeout_seconds`: how long records from Kafka wait for a connected subscriber that acknowledges
  /// nothing. 60; 1 to 86,400 s.
  public var acknowledgeTimeoutSeconds = 60
  /// `queue_messages_max`: messages that wait for one session. 10,000; 1 to 100,000,000.
  public var queueMessagesMax = 10_000
  /// `queue_bytes_max`: bytes of messages that wait for one session. 16 MiB; 64 KiB to 64 GiB.
  public var queueBytesMax = 16 << 20
  /// `output_bytes_max`: bytes that wait for one client's socket. 1 MiB; 64 KiB to 1 GiB.
  public var outputBytesMax = 1 << 20
  /// `session_expiry_seconds_max`: how long a session may outlive its connection. 7 days; 0 to 4,294,967,294 s.
  public var sessionExpirySecondsMax = 7 * 86_400
  /// `retained_messages_max`: retained messages of the broker. 100,000; 0 to 100,000,000.
  public var retainedMessagesMax = 100_000
  /// `retained_bytes_max`: bytes of all retained messages. 256 MiB; 0 to 1 TiB.
  public var retainedBytesMax = 256 << 20
  /// `keep_alive_seconds_max`: the longest keep alive; one who asks for none is held to it too. 65,535; 10 to 65,535 s.
  public var keepAliveSecondsMax = 65_535
  /// `connect_timeout_seconds`: from the first byte until CONNECT must be complete. 10; 1 to 300 s.
  public var connectTimeoutSeconds = 10
  /// `handshake_timeout_seconds`: from the connection until its TLS handshake must be complete. 10; 1 to 300 s.
  public var handshakeTimeoutSeconds = 10

  /// `user_properties_max`: user properties of a publish that goes to Kafka, and headers of a record that become user
  /// properties. 64; 0 to 1,000.
  public var userPropertiesMax = 64

  /// The most that a packet can have: what CONNACK says is compared by clients with the largest Remaining Length (MQTT
  /// 5.0 section 1.5.5).
  static let packetBytesMost = 268_435_455

  /// The defaults.
  public init() {}
}
