/// What a CONNACK tells the client (MQTT 5.0 section 3.2.2.3); what is nil is not written, and has the specification's
/// default.
///
/// Texts and data longer than 65,535 bytes are cut.
public struct ConnackProperties: Sendable {
  /// How long the session outlives the connection, when it isn't what the client asked for.
  public var sessionExpirySeconds: UInt32?
  /// How many QoS 1 and 2 publishes the server takes at once, at least 1.
  public var receiveMaximum: UInt16?
  /// The highest QoS that the server takes; ``QoS/exactlyOnce`` is the default and is not written.
  public var maximumQoS: QoS?
  /// Whether the server keeps retained messages.
  public var isRetainAvailable: Bool?
  /// The largest packet that the server takes, at least 1.
  public var packetBytesMax: UInt32?
  /// The client identifier that the server chose for a client that sent an empty one.
  public var assignedClientID: [UInt8]?
  /// The highest topic alias that the server takes.
  public var topicAliasMaximum: UInt16?
  /// Why, for a person.
  public var reasonString: String?
  /// User properties, in their order.
  public var userProperties: [UserProperty] = []
  /// Whether filters may have wildcards.
  public var isWildcardSubscriptionAvailable: Bool?
  /// Whether SUBSCRIBE may have a subscription identifier.
  public var areSubscriptionIdentifiersAvailable: Bool?
  /// Whether subscriptions may be shared.
  public var isSharedSubscriptionAvailable: Bool?
  /// The keep alive that the client must use instead of its own.
  public var serverKeepAliveSeconds: UInt16?
  /// The base of response topics, for a client that asked.
  public var responseInformation: String?
  /// Another server to use.
  public var serverReference: String?
  /// The method of extended authentication, in UTF-8.
  public var authenticationMethod: [UInt8]?
  /// Data for that method.
  public var authenticationData: [UInt8]?

  /// No properties.
  public init() {}

  var encoded: [UInt8] {
    var writer = PropertyWriter()
    if let sessionExpirySeconds { writer.add(.sessionExpiryInterval, fourByteInteger: sessionExpirySeconds) }
    if let receiveMaximum { writer.add(.receiveMaximum, twoByteInteger: receiveMaximum) }
    // A Maximum QoS of 2 is a protocol error (section 3.2.2.3.4).
    if let maximumQoS, maximumQoS != .exactlyOnce { writer.add(.maximumQoS, byte: maximumQoS.rawValue) }
    if let isRetainAvailable { writer.add(.retainAvailable, flag: isRetainAvailable) }
    if let packetBytesMax { writer.add(.maximumPacketSize, fourByteInteger: packetBytesMax) }
    if let assignedClientID { writer.add(.assignedClientIdentifier, data: assignedClientID) }
    if let topicAliasMaximum { writer.add(.topicAliasMaximum, twoByteInteger: topicAliasMaximum) }
    if let reasonString { writer.add(.reasonString, text: reasonString) }
    for property in userProperties { writer.add(property) }
    if let flag = isWildcardSubscriptionAvailable { writer.add(.wildcardSubscriptionAvailable, flag: flag) }
    if let flag = areSubscriptionIdentifiersAvailable { writer.add(.subscriptionIdentifierAvailable, flag: flag) }
    if let flag = isSharedSubscriptionAvailable { writer.add(.sharedSubscriptionAvailable, flag: flag) }
    if let serverKeepAliveSeconds { writer.add(.serverKeepAlive, twoByteInteger: serverKeepAliveSeconds) }
    if let responseInformation { writer.add(.responseInformation, text: responseInformation) }
    if let serverReference { writer.add(.serverReference, text: serverReference) }
    if let authenticationMethod { writer.add(.authenticationMethod, data: authenticationMethod) }
    if let authenticationData { writer.add(.authenticationData, data: authenticationData) }
    return writer.bytes
  }
}
