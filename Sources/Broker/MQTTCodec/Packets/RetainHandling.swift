/// When a new subscription gets retained messages (MQTT 5.0 section 3.8.3.1).
public enum RetainHandling: UInt8, Sendable, CaseIterable {
  /// At each SUBSCRIBE.
  case sendAtSubscribe = 0
  /// Only when the subscription didn't exist before.
  case sendIfNew = 1
  /// Never.
  case doNotSend = 2
}
