/// A PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0 sections 3.4 to 3.7).
public struct AcknowledgementPacket: Sendable, Equatable {
  /// Which of the four.
  public let type: PacketType
  /// The packet identifier of the message, never 0.
  public let packetID: UInt16
  /// How it went; ``ReasonCode/success`` before 5.0.
  public let reason: ReasonCode

  @inlinable @inline(__always)
  init(type: PacketType, packetID: UInt16, reason: ReasonCode) {
    self.type = type
    self.packetID = packetID
    self.reason = reason
  }

  /// Decodes the acknowledgement whose header was found in `bytes`.
  ///
  /// Faults: another packet type, packet identifier 0, a reason code that this type doesn't have, a
  /// property that acknowledgements don't have, and a length that doesn't fit.
  @inlinable @inline(__always)
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> AcknowledgementPacket {
    var fields = FieldReader(header.body)
    let packetID = try fields.packetIdentifier(bytes)
    let reason: ReasonCode = fields.remaining == 0 ? .success : try decodeReason(bytes, &fields, header.type, version)
    return AcknowledgementPacket(type: header.type, packetID: packetID, reason: reason)
  }

  @usableFromInline @inline(never)
  static func decodeReason(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader, _ type: PacketType, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> ReasonCode {
    guard version == .v5 else { throw .malformed("an acknowledgement that is longer than its packet identifier") }
    let reason = ReasonCode(rawValue: try fields.byte(bytes))
    guard let reason, isAllowed(reason, from: type) else {
      throw .protocolError("an acknowledgement with a reason code that its type doesn't have")
    }
    if fields.remaining > 0 {
      try PropertyReader.skip(bytes, from: &fields, allowed: .acknowledgement)
      try fields.expectEnd()
    }
    return reason
  }

  private static func isAllowed(_ reason: ReasonCode, from type: PacketType) -> Bool {
    switch (type, reason) {
    // "No matching subscribers" is for servers, says section 3.4.2.1; but a server that is bridged to this one as its
    // client sends it too, and it is one of the codes of [MQTT-3.4.2-1].
    case (.puback, .success), (.puback, .noMatchingSubscribers), (.puback, .unspecifiedError),
      (.puback, .implementationSpecificError),
      (.puback, .notAuthorized), (.puback, .topicNameInvalid), (.puback, .packetIdentifierInUse),
      (.puback, .quotaExceeded), (.puback, .payloadFormatInvalid):
      true
    case (.pubrec, _): isAllowed(reason, from: .puback)
    case (.pubrel, .success), (.pubrel, .packetIdentifierNotFound): true
    case (.pubcomp, .success), (.pubcomp, .packetIdentifierNotFound): true
    default: false
    }
  }
}
