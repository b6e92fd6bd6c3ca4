/// What one shard, or all of them together, has counted. A plain value: the executable fills one for each shard and
/// adds them up.
///
/// Fill the dictionaries with every reason there is, also those at 0: a counter that appears only with its first event
/// hides that event from a rate.
public struct BrokerFigures: Sendable, Equatable {
  /// Network connections that are open.
  public var connectionsOpen: Int64 = 0
  /// Network connections taken.
  public var connections: UInt64 = 0
  /// Connects refused, by reason.
  public var connectsRefused: [String: UInt64] = [:]
  /// PUBLISH packets received, by QoS 0, 1 and 2.
  public var publishesReceived: [UInt64] = [0, 0, 0]
  /// PUBLISH packets sent, by QoS 0, 1 and 2.
  public var publishesSent: [UInt64] = [0, 0, 0]
  /// PUBLISH packets refused, by reason.
  public var publishesRefused: [String: UInt64] = [:]
  /// PUBLISH packets of 3.x clients that were acknowledged although they can never be written.
  public var refusedAcknowledged: UInt64 = 0
  /// Filters of SUBSCRIBE packets refused.
  public var subscriptionsRefused: UInt64 = 0
  /// Messages dropped on their way to a subscriber, by reason.
  public var messagesDropped: [String: UInt64] = [:]
  /// How often records from Kafka stopped waiting for a subscriber that fell behind.
  public var acknowledgeTimeouts: UInt64 = 0
  /// Subscribers that are connected and that no record from Kafka waits for.
  public var slowSubscribers: Int64 = 0
  /// Sessions, connected or not.
  public var sessions: Int64 = 0
  /// Subscriptions.
  public var subscriptions: Int64 = 0
  /// Retained messages.
  public var retainedMessages: Int64 = 0
  /// Bytes of retained messages.
  public var retainedBytes: Int64 = 0
  /// Bytes received from clients.
  public var bytesReceived: UInt64 = 0
  /// Bytes sent to clients.
  public var bytesSent: UInt64 = 0
  /// TLS handshakes, by result.
  public var tlsHandshakes: [String: UInt64] = [:]

  /// All zero.
  public init() {}

  /// Adds another shard's counts. Wraps rather than stops: no counter comes near its end.
  public mutating func add(_ other: BrokerFigures) {
    connectionsOpen &+= other.connectionsOpen
    connections &+= other.connections
    connectsRefused.merge(other.connectsRefused, uniquingKeysWith: &+)
    publishesReceived = BrokerFigures.sum(publishesReceived, other.publishesReceived)
    publishesSent = BrokerFigures.sum(publishesSent, other.publishesSent)
    publishesRefused.merge(other.publishesRefused, uniquingKeysWith: &+)
    refusedAcknowledged &+= other.refusedAcknowledged
    subscriptionsRefused &+= other.subscriptionsRefused
    messagesDropped.merge(other.messagesDropped, uniquingKeysWith: &+)
    acknowledgeTimeouts &+= other.acknowledgeTimeouts
    slowSubscribers &+= other.slowSubscribers
    sessions &+= other.sessions
    subscriptions &+= other.subscriptions
    retainedMessages &+= other.retainedMessages
    retainedBytes &+= other.retainedBytes
    bytesReceived &+= other.bytesReceived
    bytesSent &+= other.bytesSent
    tlsHandshakes.merge(other.tlsHandshakes, uniquingKeysWith: &+)
  }

  private static func sum(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    (0..<max(a.count, b.count)).map { (a.dropFirst($0).first ?? 0) &+ (b.dropFirst($0).first ?? 0) }
  }
}
