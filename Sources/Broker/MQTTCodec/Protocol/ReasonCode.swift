/// Why something was done or refused: all reason codes of MQTT 5.0 by their names there (section 2.4).
///
/// The broker reasons in these for every version; ``connectReturnCode`` and the encoders translate them for 3.1 and 3.1.1.
public enum ReasonCode: UInt8, Sendable, Error, CaseIterable {
  case success = 0x00
  case grantedQoS1 = 0x01
  case grantedQoS2 = 0x02
  case disconnectWithWill = 0x04
  case noMatchingSubscribers = 0x10
  case noSubscriptionExisted = 0x11
  case continueAuthentication = 0x18
  case reAuthenticate = 0x19
  case unspecifiedError = 0x80
  case malformedPacket = 0x81
  case protocolError = 0x82
  case implementationSpecificError = 0x83
  case unsupportedProtocolVersion = 0x84
  case clientIdentifierNotValid = 0x85
  case badUserNameOrPassword = 0x86
  case notAuthorized = 0x87
  case serverUnavailable = 0x88
  case serverBusy = 0x89
  case banned = 0x8A
  case serverShuttingDown = 0x8B
  case badAuthenticationMethod = 0x8C
  case keepAliveTimeout = 0x8D
  case sessionTakenOver = 0x8E
  case topicFilterInvalid = 0x8F
  case topicNameInvalid = 0x90
  case packetIdentifierInUse = 0x91
  case packetIdentifierNotFound = 0x92
  case receiveMaximumExceeded = 0x93
  case topicAliasInvalid = 0x94
  case packetTooLarge = 0x95
  case messageRateTooHigh = 0x96
  case quotaExceeded = 0x97
  case administrativeAction = 0x98
  case payloadFormatInvalid = 0x99
  case retainNotSupported = 0x9A
  case qosNotSupported = 0x9B
  case useAnotherServer = 0x9C
  case serverMoved = 0x9D
  case sharedSubscriptionsNotSupported = 0x9E
  case connectionRateExceeded = 0x9F
  case maximumConnectTime = 0xA0
  case subscriptionIdentifiersNotSupported = 0xA1
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
