import MQTTCodec

/// What MQTT leaves to the server and an operator may choose, with what holds where nothing is chosen.
///
/// A value that is copied into each shard at start.
public struct ProtocolChoices: Sendable {
  /// Whether a payload that its publisher calls text (Payload Format Indicator 1) must be well-formed UTF-8 (MQTT 5.0
  /// section 3.3.2.3.2). Off, because it costs a walk over each such payload.
  public var validatesPayloadFormat = false
  /// Whether 5.0 clients are told why they are refused. If not, a refused subscription and a denied publish get 0x80
  /// (Unspecified error), and no reason string is sent. On, because who installs a device needs to know.
  public var revealsRefusals = true
  /// What 5.0 clients that ask for Response Information are told (MQTT 5.0 section 3.2.2.3.15), or nil for nothing.
  public var responseInformation: ResponseTemplate?

  /// Whether topics, filters, client identifiers and user names may hold control characters (U+0001 to U+001F, U+007F
  /// to U+009F), for which a server may close the connection (MQTT 5.0 section 1.5.4). Off: they make two names look
  /// like one, and break the lines of whatever prints them.
  public var allowsControlCharacters = false
  /// Whether client identifiers of MQTT 3.1 are held to its 23 characters. Off, because many of its clients use longer
  /// ones, and brokers take them.
  public var limitsClientIDsOf31 = false

  /// Nothing is chosen.
  public init() {}

  /// What a 5.0 client is told in place of a reason that may say what the rules are.
  func told(_ reason: ReasonCode) -> ReasonCode { revealsRefusals ? reason : .unspecifiedError }
}
