/// The protocol level of CONNECT: which of the three specifications a connection speaks (MQTT 5.0 section 3.1.2.2).
public enum ProtocolVersion: UInt8, Sendable, Comparable, CaseIterable {
  /// MQTT 3.1, protocol name "MQIsdp".
  case v3_1 = 3
  /// MQTT 3.1.1, protocol name "MQTT".
  case v3_1_1 = 4
  /// MQTT 5.0, protocol name "MQTT".
  case v5 = 5

  /// The order in which the versions came out.
  @inlinable
  public static func < (a: ProtocolVersion, b: ProtocolVersion) -> Bool { a.rawValue < b.rawValue }
}
