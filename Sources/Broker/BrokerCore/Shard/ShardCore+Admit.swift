import MQTTCodec

/// What of a CONNECT this server, or the listener, does not take though MQTT allows it.
extension ShardCore {
  /// Whether names and will of a CONNECT are taken; if not, it was refused.
  func admits(
    _ packet: ConnectPacket, _ client: Client, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) -> Bool {
    guard let (reason, why) = try problem(packet, client, span, bytes) else { return true }
    let claims = packet.will.map { [(name: "will_topic", value: Claimed.text(bytes[$0.topic]))] } ?? []
    refuse(client, reason, why, claimedID: Claimed.text(bytes[packet.clientID]), more: claims)
    return false
  }

  private func problem(
    _ packet: ConnectPacket, _ client: Client, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) -> (reason: ReasonCode, why: String)? {
    if choices.limitsClientIDsOf31, packet.version == .v3_1, packet.clientIDCharacters(span) > 23 {
      return (.clientIdentifierNotValid, "an MQTT 3.1 client identifier with more than 23 characters")
    }
    func isControlled(_ range: Range<Int>) -> Bool {
      guard !choices.allowsControlCharacters else { return false }
      return UTF8Text.hasControlCharacters(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range]))
    }
    if isControlled(packet.clientID) {
      return (.clientIdentifierNotValid, "a client identifier with control characters")
    }
    if let userName = packet.userName, isControlled(userName) {
      return (.badUserNameOrPassword, "a user name with control characters")
    }
    guard let will = packet.will else { return nil }
    if isControlled(will.topic) { return (.topicNameInvalid, "a will whose topic has control characters") }
    if let response = will.properties.responseTopic, isControlled(response) {
      throw ProtocolFault(.malformedPacket, "a will whose response topic has control characters")
    }
    if will.qos > client.limits.maximumQoS {
      return (.qosNotSupported, "a will with a QoS above the listener's maximum_qos")
    }
    if will.isRetain, !client.limits.isRetainAvailable {
      return (.retainNotSupported, "a will with RETAIN, which this listener does not offer")
    }
    return nil
  }
}
