public import MQTTCodec

/// The bounds of a client and of its session that may differ by the listener where it connects.
///
/// One object for all clients of a listener, so that a client costs a reference. Immutable: any thread may read it. The
/// bounds of the broker as a whole (sessions, retained messages, topic levels and what a shard remembers) are in
/// ``Limits`` alone. A session has those of the listener where its client connected last.
public final class ClientLimits: Sendable {
  /// See ``Limits/packetBytesMax``.
  public let packetBytesMax: Int
  /// See ``Limits/connectPacketBytesMax``.
  public let connectPacketBytesMax: Int
  /// See ``Limits/connectTimeoutSeconds``.
  public let connectTimeoutSeconds: Int
  /// See ``Limits/clientIDBytesMax``.
  public let clientIDBytesMax: Int
  /// See ``Limits/subscriptionsPerSessionMax``.
  public let subscriptionsPerSessionMax: Int
  /// See ``Limits/topicAliasMaximum``.
  public let topicAliasMaximum: UInt16
  /// See ``Limits/receiveMaximum``.
  public let receiveMaximum: UInt16
  /// See ``Limits/inflightMax``.
  public let inflightMax: Int
  /// See ``Limits/queueMessagesMax``.
  public let queueMessagesMax: Int
  /// See ``Limits/queueBytesMax``.
  public let queueBytesMax: Int
  /// See ``Limits/outputBytesMax``.
  public let outputBytesMax: Int
  /// See ``Limits/sessionExpirySecondsMax``.
  public let sessionExpirySecondsMax: UInt32
  /// See ``Limits/keepAliveSecondsMax``.
  public let keepAliveSecondsMax: UInt16

  /// See ``Limits/maximumQoS``.
  public let maximumQoS: QoS
  /// See ``Limits/isRetainAvailable``.
  public let isRetainAvailable: Bool

  /// Takes a client's part of all bounds.
  public init(_ limits: Limits) {
    packetBytesMax = limits.packetBytesMax
    connectPacketBytesMax = limits.connectPacketBytesMax
    connectTimeoutSeconds = limits.connectTimeoutSeconds
    clientIDBytesMax = limits.clientIDBytesMax
    subscriptionsPerSessionMax = limits.subscriptionsPerSessionMax
    topicAliasMaximum = limits.topicAliasMaximum
    receiveMaximum = limits.receiveMaximum
    inflightMax = limits.inflightMax
    queueMessagesMax = limits.queueMessagesMax
    queueBytesMax = limits.queueBytesMax
    outputBytesMax = limits.outputBytesMax
    sessionExpirySecondsMax = limits.sessionExpirySecondsMax
    keepAliveSecondsMax = limits.keepAliveSecondsMax
    maximumQoS = limits.maximumQoS
    isRetainAvailable = limits.isRetainAvailable
  }
}
