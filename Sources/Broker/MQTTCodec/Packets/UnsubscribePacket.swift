/// An UNSUBSCRIBE (MQTT 5.0 section 3.10). Ranges are in the span that was decoded.
public struct UnsubscribePacket: Sendable {
  /// The packet identifier, never 0.
  public internal(set) var packetID: UInt16
  /// The filters in their order, 1...``DecodingLimits/filtersMax``: well-formed UTF-8, not checked otherwise.
  public internal(set) var filters: [Range<Int>]

  /// Decodes the UNSUBSCRIBE whose header was found in `bytes`; faults as sections 3.10.2 and 3.10.3 say, and
  /// ``ReasonCode/quotaExceeded`` for too many filters.
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> UnsubscribePacket {
    var fields = FieldReader(header.body)
    var packet = UnsubscribePacket(packetID: try fields.packetIdentifier(bytes), filters: [])
    if version == .v5 { try PropertyReader.skip(bytes, from: &fields, allowed: .unsubscribe) }
    guard fields.remaining > 0 else { throw .protocolError("an UNSUBSCRIBE without a topic filter") }
    while fields.remaining > 0 {
      guard packet.filters.count < DecodingLimits.filtersMax else {
        throw ProtocolFault(.quotaExceeded, "an UNSUBSCRIBE with too many topic filters")
      }
      packet.filters.append(try fields.string(bytes))
    }
    return packet
  }
}
