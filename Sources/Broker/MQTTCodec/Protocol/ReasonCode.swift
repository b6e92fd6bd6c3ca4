/// Why something was done or refused: all reason codes of MQTT 5.0 by their names there (section 2.4).
///
/// The broker reasons in these for every version; ``connectReturnCode`` and the encoders translate them for 3.1 and
/// 3.1.1.
public enum ReasonCode: UInt8, Sendable, CaseIterable {
  /// It went well; also QoS 0 granted, and a normal disconnection.
  case success = 0x00
  /// Subscribed with at most QoS 1.
  case grantedQoS1 = 0x01
  /// Subscribed with at most QoS 2.
  case grantedQoS2 = 0x02
  /// The client leaves and wants its will published.
  case disconnectWithWill = 0x04
  /// The message was accepted, and nobody subscribes to it.
  case noMatchingSubscribers = 0x10
  /// There was nothing to unsubscribe.
  case noSubscriptionExisted = 0x11
  /// The authentication goes on with another step.
  case continueAuthentication = 0x18
  /// The client starts to authenticate again.
  case reAuthenticate = 0x19
  /// No reason is given, or none of the others fits.
  case unspecifiedError = 0x80
  /// The bytes are not a packet of this version.
  case malformedPacket = 0x81
  /// A packet, or what is in it, is not allowed here.
  case protocolError = 0x82
  /// The packet is valid and this server does not process it.
  case implementationSpecificError = 0x83
  /// The server does not speak this version.
  case unsupportedProtocolVersion = 0x84
  /// The client identifier is not allowed.
  case clientIdentifierNotValid = 0x85
  /// User name or password are not accepted.
  case badUserNameOrPassword = 0x86
  /// The client must not do this.
  case notAuthorized = 0x87
  /// The server is not available.
  case serverUnavailable = 0x88
  /// The server is busy, try again later.
  case serverBusy = 0x89
  /// The client is banned.
  case banned = 0x8A
  /// The server is shutting down.
  case serverShuttingDown = 0x8B
  /// The authentication method is not supported, or not the one in use.
  case badAuthenticationMethod = 0x8C
  /// Nothing came for one and a half times the keep alive.
  case keepAliveTimeout = 0x8D
  /// Another connection took the client identifier.
  case sessionTakenOver = 0x8E
  /// The topic filter is well-formed and not accepted.
  case topicFilterInvalid = 0x8F
  /// The topic name is well-formed and not accepted.
  case topicNameInvalid = 0x90
  /// The packet identifier is in use already.
  case packetIdentifierInUse = 0x91
  /// No message with this packet identifier is in flight.
  case packetIdentifierNotFound = 0x92
  /// More messages are in flight than the receiver takes.
  case receiveMaximumExceeded = 0x93
  /// The topic alias is 0, above the maximum, or stands for nothing.
  case topicAliasInvalid = 0x94
  /// The packet is larger than the receiver takes.
  case packetTooLarge = 0x95
  /// Messages come too fast.
  case messageRateTooHigh = 0x96
  /// A limit of the server is reached.
  case quotaExceeded = 0x97
  /// An administrator closed the connection.
  case administrativeAction = 0x98
  /// The payload is not what its format indicator says.
  case payloadFormatInvalid = 0x99
  /// The server does not retain messages.
  case retainNotSupported = 0x9A
  /// The QoS is above the maximum.
  case qosNotSupported = 0x9B
  /// Use another server for now.
  case useAnotherServer = 0x9C
  /// Use another server from now on.
  case serverMoved = 0x9D
  /// The server has no shared subscriptions.
  case sharedSubscriptionsNotSupported = 0x9E
  /// Connections come too fast.
  case connectionRateExceeded = 0x9F
  /// The connection lived as long as it may.
  case maximumConnectTime = 0xA0
  /// The server has no subscription identifiers.
  case subscriptionIdentifiersNotSupported = 0xA1
  /// The server has no wildcard subscriptions.
  case wildcardSubscriptionsNotSupported = 0xA2

  /// The name of ``success`` in SUBACK.
  public static let grantedQoS0 = ReasonCode.success
  /// The name of ``success`` in DISCONNECT.
  public static let normalDisconnection = ReasonCode.success

  /// The SUBACK code that grants a subscription at `qos`.
  @inlinable
  public init(granted qos: QoS) {
    switch qos {
    case .atMostOnce: self = .success
    case .atLeastOnce: self = .grantedQoS1
    case .exactlyOnce: self = .grantedQoS2
    }
  }

  /// Whether the code says that something failed (0x80 or more).
  @inlinable
  public var isFailure: Bool { rawValue >= 0x80 }

  /// The CONNACK return code of MQTT 3.1 and 3.1.1 that fits, or nil when none does and the connection must be closed
  /// without a CONNACK (MQTT 3.1.1 section 3.2.2.3).
  public var connectReturnCode: UInt8? {
    switch self {
    case .success: 0
    case .unsupportedProtocolVersion: 1
    case .clientIdentifierNotValid: 2
    case .serverUnavailable, .serverBusy, .serverShuttingDown, .quotaExceeded, .connectionRateExceeded,
      .useAnotherServer, .serverMoved:
      3
    case .badUserNameOrPassword, .badAuthenticationMethod: 4
    case .notAuthorized, .banned: 5
    default: nil
    }
  }
}
