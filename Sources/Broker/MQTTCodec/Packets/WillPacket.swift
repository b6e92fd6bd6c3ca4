/// The message that a CONNECT leaves to be published when the connection ends (MQTT 5.0 section 3.1.2.5).
public struct WillPacket: Sendable {
  /// The QoS to publish it with.
  public internal(set) var qos: QoS
  /// Whether it is to be retained.
  public internal(set) var isRetain: Bool
  /// The topic, a valid topic name.
  public internal(set) var topic: Range<Int>
  /// The application message.
  public internal(set) var payload: Range<Int>
  /// How many seconds to wait before publishing it; 0 before 5.0.
  public internal(set) var delaySeconds: UInt32
  /// The properties to publish it with; none before 5.0.
  public internal(set) var properties: PublishProperties

  /// For how many seconds the message is of use once it is published, or nil when it never expires.
  public var messageExpirySeconds: UInt32? { properties.messageExpirySeconds }
}
