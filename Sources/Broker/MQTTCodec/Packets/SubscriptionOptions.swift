/// How one subscription wants its messages (MQTT 5.0 section 3.8.3.1).
public struct SubscriptionOptions: Sendable, Hashable {
  /// The highest QoS to deliver with.
  public var qos: QoS
  /// Whether the client's own publishes are left out.
  public var noLocal: Bool
  /// Whether RETAIN is passed on as it was published.
  public var retainAsPublished: Bool
  /// When retained messages are sent.
  public var retainHandling: RetainHandling

  /// Options; all but `qos` have the values that 3.1 and 3.1.1 imply.
  public init(
    qos: QoS, noLocal: Bool = false, retainAsPublished: Bool = false, retainHandling: RetainHandling = .sendAtSubscribe
  ) {
    self.qos = qos
    self.noLocal = noLocal
    self.retainAsPublished = retainAsPublished
    self.retainHandling = retainHandling
  }

  /// Reads the options byte of SUBSCRIBE by the rules of `version`.
  init(byte: UInt8, _ version: ProtocolVersion) throws(ProtocolFault) {
    let qos = QoS(rawValue: byte & 0b11)
    // Malformed in 3.1.1 [MQTT-3.8.3-4], a Protocol Error in 5.0 (section 3.8.3.1), where reserved bits are malformed.
    guard let qos else {
      throw version == .v5 && byte & 0b1100_0000 == 0
        ? .protocolError("a subscription with QoS 3") : .malformed("a subscription with QoS 3")
    }
    self.init(qos: qos)
    switch version {
    case .v3_1: break  // The other bits are not used, and not said to be 0.
    case .v3_1_1:
      guard byte & 0b1111_1100 == 0 else { throw .malformed("reserved bits in a subscription's options") }
    case .v5:
      guard byte & 0b1100_0000 == 0 else { throw .malformed("reserved bits in a subscription's options") }
      guard let handling = RetainHandling(rawValue: (byte >> 4) & 0b11) else {
        throw .protocolError("a subscription with retain handling 3")
      }
      noLocal = byte & 0b0100 != 0
      retainAsPublished = byte & 0b1000 != 0
      retainHandling = handling
    }
  }
}
