/// An AUTH from a client (MQTT 5.0 section 3.15). Ranges are in the span that was decoded.
public struct AuthPacket: Sendable, Equatable {
  /// ``ReasonCode/continueAuthentication`` or ``ReasonCode/reAuthenticate``.
  public internal(set) var reason: ReasonCode
  /// The authentication method; an AUTH without one is a fault, so it is never nil after decoding.
  public internal(set) var method: Range<Int>?
  /// Data for that method.
  public internal(set) var data: Range<Int>?

  /// Decodes the AUTH whose header was found in `bytes`; a fault before 5.0.
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> AuthPacket {
    guard version == .v5 else { throw .malformed("packet type 15 is reserved before MQTT 5.0") }
    var fields = FieldReader(header.body)
    let code: ReasonCode? = fields.remaining == 0 ? .success : ReasonCode(rawValue: try fields.byte(bytes))
    guard let code, code == .continueAuthentication || code == .reAuthenticate else {
      throw .protocolError("an AUTH with a reason code that a client must not send")
    }
    var packet = AuthPacket(reason: code)
    var properties = try PropertyReader(bytes, from: &fields, allowed: .auth)
    while let id = try properties.next(bytes) {
      switch id {
      case .authenticationMethod: packet.method = try properties.fields.string(bytes)
      case .authenticationData: packet.data = try properties.fields.binaryData(bytes)
      default: _ = try properties.fields.string(bytes)
      }
    }
    try fields.expectEnd()
    guard packet.method != nil else { throw .protocolError("an AUTH without an authentication method") }
    return packet
  }
}
