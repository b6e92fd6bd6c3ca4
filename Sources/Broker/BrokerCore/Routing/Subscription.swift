public import MQTTCodec

/// One subscription of one session.
public struct Subscription: Sendable {
  /// Whose it is. Only its ``Session/serial`` and ``Session/shard`` may be read outside its shard.
  public let session: Session
  /// QoS, no local, retain as published, retain handling.
  public let options: SubscriptionOptions
  /// The identifier that deliveries carry, or nil (MQTT 5.0 section 3.8.2.1.2).
  public let identifier: UInt32?
}
