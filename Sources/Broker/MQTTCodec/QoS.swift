/// The delivery promise of one PUBLISH or of one subscription (MQTT 5.0 section 4.3).
public enum QoS: UInt8, Sendable, Comparable, CaseIterable {
  /// QoS 0: sent once, not acknowledged.
  case atMostOnce = 0
  /// QoS 1: sent again until a PUBACK comes.
  case atLeastOnce = 1
  /// QoS 2: with PUBREC, PUBREL and PUBCOMP, so that it arrives once.
  case exactlyOnce = 2

  /// The order of the promises: what a broker delivers with is the lesser of the publisher's and the subscriber's.
  @inlinable
  public static func < (a: QoS, b: QoS) -> Bool { a.rawValue < b.rawValue }
}
