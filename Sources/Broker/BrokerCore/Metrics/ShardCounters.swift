import MQTTCodec

/// What one shard counts. The shard adds, anyone reads; sums over shards are made on read.
public final class ShardCounters: Sendable {
  /// Creates counters at 0.
  public init() {}

  /// Connections that were accepted, ever.
  public let connections = Counter()
  /// Connections that are open.
  public let connectionsOpen = Counter()
  /// Connections refused because their client's address has as many as it may have.
  public let connectionsRefusedForAddress = Counter()
  /// CONNECTs that were accepted.
  public let connectsAccepted = Counter()
  /// CONNECTs refused: bad credentials or not allowed.
  public let connectsRefused = Counter()
  /// Connections closed for a protocol violation.
  public let protocolFaults = Counter()

  /// Counts a PUBLISH that is sent.
  @inline(__always)
  func countSent(_ qos: QoS) {
    switch qos {
    case .atMostOnce: publishesSentQoS0.add()
    case .atLeastOnce: publishesSentQoS1.add()
    case .exactlyOnce: publishesSentQoS2.add()
    }
  }

  /// TLS handshakes that were completed.
  public let handshakes = Counter()
  /// Times that a step of a TLS handshake waited for the next round.
  public let handshakesDeferred = Counter()
  /// TLS handshakes that failed.
  public let handshakesFailed = Counter()
  /// Connections closed because CONNECT, the handshake or the keep alive came too late.
  public let timeouts = Counter()
  /// Sessions, connected or not.
  public let sessions = Counter()
  /// Sessions taken over by a new connection.
  public let takeovers = Counter()
  /// Subscriptions.
  public let subscriptions = Counter()
  /// PUBLISH packets received, at QoS 0.
  public let publishesReceivedQoS0 = Counter()
  /// PUBLISH packets received, at QoS 1.
  public let publishesReceivedQoS1 = Counter()
  /// PUBLISH packets received, at QoS 2.
  public let publishesReceivedQoS2 = Counter()
  /// PUBLISH packets sent, at QoS 0.
  public let publishesSentQoS0 = Counter()
  /// PUBLISH packets sent, at QoS 1.
  public let publishesSentQoS1 = Counter()
  /// PUBLISH packets sent, at QoS 2.
  public let publishesSentQoS2 = Counter()
  /// Publishes that no rule allowed.
  public let publishesDenied = Counter()
  /// Filters of SUBSCRIBE packets that were refused: no rule allows them, or a limit is reached.
  public let subscriptionsRefused = Counter()
  /// Publishes refused for want of room.
  public let publishesRefusedForQuota = Counter()
  /// Publishes refused by the bridge.
  public let publishesRefused = Counter()
  /// Publishes of 3.x clients that were acknowledged although the bridge can never take them.
  public let refusedAcknowledged = Counter()
  /// Publishes refused because they are not the text that they are said to be.
  public let publishesNotText = Counter()
  /// QoS 0 messages not delivered because the subscriber's socket was full.
  public let droppedSlowConsumer = Counter()
  /// Messages not queued because the session's queue was full.
  public let droppedQueueFull = Counter()
  /// Messages not delivered because they are larger than the subscriber takes.
  public let droppedTooLarge = Counter()
  /// Messages that expired before they were delivered.
  public let expired = Counter()
  /// How often records from Kafka stopped waiting for a subscriber that fell behind.
  public let acknowledgeTimeouts = Counter()
  /// Subscribers that are connected and that no record from Kafka waits for, because they fell behind.
  public let slowSubscribers = Counter()
  /// Bytes read from sockets.
  public let bytesReceived = Counter()
  /// Bytes given to sockets.
  public let bytesSent = Counter()
  /// Publishes and records with open obligations.
  public let ledgerOpen = Counter()
  /// Records from Kafka that were published.
  public let recordsPublished = Counter()
  /// When the shard last finished a round, in milliseconds of the monotonic clock.
  public let heartbeatMilliseconds = Counter()
}
