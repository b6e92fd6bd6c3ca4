/// A SUBSCRIBE (MQTT 5.0 section 3.8). Ranges are in the span that was decoded.
public struct SubscribePacket: Sendable {
  /// The packet identifier, never 0.
  public internal(set) var packetID: UInt16
  /// What is put on each message that these subscriptions cause, 1...268,435,455, or nil.
  public internal(set) var subscriptionIdentifier: UInt32?
  /// The filters in their order, 1...``DecodingLimits/filtersMax``.
  public internal(set) var requests: [SubscriptionRequest]

  /// Decodes the SUBSCRIBE whose header was found in `bytes`; faults as sections 3.8.2 and 3.8.3 say, and
  /// ``ReasonCode/quotaExceeded`` for too many filters.
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> SubscribePacket {
    var fields = FieldReader(header.body)
    var packet = SubscribePacket(packetID: try fields.packetIdentifier(bytes), requests: [])
    if version == .v5 { packet.subscriptionIdentifier = try decodeIdentifier(bytes, &fields) }
    guard fields.remaining > 0 else { throw .protocolError("a SUBSCRIBE without a topic filter") }
    while fields.remaining > 0 {
      guard packet.requests.count < DecodingLimits.filtersMax else {
        throw ProtocolFault(.quotaExceeded, "a SUBSCRIBE with too many topic filters")
      }
      let filter = try fields.string(bytes)
      let options = try SubscriptionOptions(byte: try fields.byte(bytes), version)
      if options.noLocal, bytes.extracting(filter).withUnsafeBytes({ $0.starts(with: TopicFilter.sharePrefix) }) {
        throw .protocolError("a shared subscription with No Local")
      }
      packet.requests.append(SubscriptionRequest(filter: filter, options: options))
    }
    return packet
  }

  private static func decodeIdentifier(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader
  ) throws(ProtocolFault) -> UInt32? {
    var properties = try PropertyReader(bytes, from: &fields, allowed: .subscribe)
    var identifier: UInt32?
    while try properties.next(bytes) != nil {
      let value = try properties.fields.variableByteInteger(bytes)
      guard value != 0 else { throw .protocolError("subscription identifier 0") }
      identifier = UInt32(truncatingIfNeeded: value)
    }
    return identifier
  }
}
