/// A CONNECT (MQTT 5.0 section 3.1). Ranges are in the span that was decoded.
public struct ConnectPacket: Sendable {
  /// What the client speaks.
  public internal(set) var version: ProtocolVersion
  /// Whether to start without the state of an earlier session ("clean session" before 5.0).
  public internal(set) var cleanStart: Bool
  /// The longest silence that the client will keep, in seconds; 0 turns the check off.
  public internal(set) var keepAliveSeconds: UInt16
  /// The client identifier, well-formed UTF-8; empty when the server is to choose one.
  public internal(set) var clientID: Range<Int>
  /// The will, or nil.
  public internal(set) var will: WillPacket?
  /// The user name, well-formed UTF-8, or nil; an empty one is not nil.
  public internal(set) var userName: Range<Int>?
  /// The password, any bytes, or nil; an empty one is not nil.
  public internal(set) var password: Range<Int>?
  /// The properties; their defaults before 5.0.
  public internal(set) var properties: ConnectProperties
}
