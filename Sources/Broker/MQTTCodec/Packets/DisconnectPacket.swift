/// A DISCONNECT from a client (MQTT 5.0 section 3.14).
public struct DisconnectPacket: Sendable, Equatable {
  /// Why; ``ReasonCode/normalDisconnection`` before 5.0.
  public internal(set) var reason: ReasonCode
  /// A new session expiry, or nil to keep the one of CONNECT. Whether it may still be raised from 0 is not known here.
  public internal(set) var sessionExpirySeconds: UInt32?

  /// Decodes the DISCONNECT whose header was found in `bytes`; faults for reason codes and properties that only servers
  /// send.
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> DisconnectPacket {
    var fields = FieldReader(header.body)
    var packet = DisconnectPacket(reason: .normalDisconnection)
    guard fields.remaining > 0 else { return packet }
    guard version == .v5 else { throw .malformed("a DISCONNECT that is longer than its two bytes") }
    guard let reason = ReasonCode(rawValue: try fields.byte(bytes)), isAllowed(reason) else {
      throw .protocolError("a DISCONNECT with a reason code that a client must not send")
    }
    packet.reason = reason
    guard fields.remaining > 0 else { return packet }
    var properties = try PropertyReader(bytes, from: &fields, allowed: .disconnect)
    while let id = try properties.next(bytes) {
      if id == .sessionExpiryInterval {
        packet.sessionExpirySeconds = try properties.fields.fourByteInteger(bytes)
      } else {
        _ = try properties.fields.string(bytes)
      }
    }
    try fields.expectEnd()
    return packet
  }

  private static func isAllowed(_ reason: ReasonCode) -> Bool {
    switch reason {
    case .normalDisconnection, .disconnectWithWill, .unspecifiedError, .malformedPacket, .protocolError,
      .implementationSpecificError, .topicNameInvalid, .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge,
      .messageRateTooHigh, .quotaExceeded, .administrativeAction, .payloadFormatInvalid:
      true
    default: false
    }
  }
}
