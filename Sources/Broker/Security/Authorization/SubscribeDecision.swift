/// The answer to one topic filter of a SUBSCRIBE.
public enum SubscribeDecision: Sendable, Hashable {
  /// The whole filter lies inside a grant. What a deny takes out of it is left out delivery by delivery
  /// (``Grants/mayReceive(_:)``).
  case granted
  /// No grant holds the whole filter, or a deny does (MQTT 5.0: reason code 0x87).
  case denied
  /// Not a topic filter, or deeper than ``AccessLimits/levelsMax`` (MQTT 5.0: reason code 0x8F).
  case malformed
}
