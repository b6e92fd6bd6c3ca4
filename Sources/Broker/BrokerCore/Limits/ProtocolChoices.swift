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

  /// Nothing is chosen.
  public init() {}

  /// What a 5.0 client is told in place of a reason that may say what the rules are.
  func told(_ reason: ReasonCode) -> ReasonCode { revealsRefusals ? reason : .unspecifiedError }
}
