/// The delivery promise of one PUBLISH or of one subscription (MQTT 5.0 section 4.3).
public enum QoS: UInt8, Sendable, Comparable, CaseIterable {
  case atMostOnce = 0
  case atLeastOnce = 1
  case exactlyOnce = 2

  @inlinable
  public static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
}
