/// Which properties a packet that a client sends may have (MQTT 5.0 table 2-4).
struct PropertySet: ExpressibleByArrayLiteral {
  /// One bit for each identifier.
  let bits: UInt64

  init(arrayLiteral ids: PropertyID...) {
    var bits: UInt64 = 0
    for id in ids { bits |= 1 << UInt64(id.rawValue) }
    self.bits = bits
  }

  static let connect: PropertySet = [
    .sessionExpiryInterval, .authenticationMethod, .authenticationData, .requestProblemInformation,
    .requestResponseInformation, .receiveMaximum, .topicAliasMaximum, .userProperty, .maximumPacketSize,
  ]
  static let will: PropertySet = [
    .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData,
    .willDelayInterval, .userProperty,
  ]
  /// With the subscription identifier, so that the fault of a client that sends one can be told by its own name.
  static let publish: PropertySet = [
    .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData,
    .subscriptionIdentifier, .topicAlias, .userProperty,
  ]
  static let acknowledgement: PropertySet = [.reasonString, .userProperty]
  static let subscribe: PropertySet = [.subscriptionIdentifier, .userProperty]
  static let unsubscribe: PropertySet = [.userProperty]
  static let disconnect: PropertySet = [.sessionExpiryInterval, .reasonString, .userProperty]
  static let auth: PropertySet = [.authenticationMethod, .authenticationData, .reasonString, .userProperty]
}
