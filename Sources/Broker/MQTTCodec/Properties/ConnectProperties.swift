/// The properties of CONNECT, with the defaults of MQTT 5.0 section 3.1.2.11 for what is absent.
public struct ConnectProperties: Sendable {
  /// How long the session outlives the connection, in seconds; 0xFFFFFFFF means for ever.
  public internal(set) var sessionExpirySeconds: UInt32 = 0
  /// How many QoS 1 and 2 messages the client takes at once without acknowledging, at least 1.
  public internal(set) var receiveMaximum: UInt16 = 65_535
  /// The largest packet that the client takes, at least 1, or nil when any.
  public internal(set) var packetBytesMax: UInt32?
  /// The highest topic alias that the client takes; 0 means none.
  public internal(set) var topicAliasMaximum: UInt16 = 0
  /// Whether the client asks for response information in CONNACK.
  public internal(set) var wantsResponseInformation = false
  /// Whether reason strings and user properties may be sent with other packets than PUBLISH, CONNACK and DISCONNECT.
  public internal(set) var wantsProblemInformation = true
  /// How many user properties there are, at most ``DecodingLimits/userPropertiesMax``.
  public internal(set) var userPropertyCount = 0
  /// The method of extended authentication, or nil when the client doesn't use it.
  public internal(set) var authenticationMethod: Range<Int>?
  /// Data for that method; never without a method.
  public internal(set) var authenticationData: Range<Int>?

  /// What holds for a client that sends no properties.
  public init() {}
}
