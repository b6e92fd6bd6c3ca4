/// What a CONNECT that is refused says it is, as far as that can be read: for the log.
public struct ConnectClaim: Sendable {
  /// The protocol's name; any bytes.
  public let protocolName: Range<Int>
  /// The protocol's level.
  public let level: UInt8
  /// The client identifier, or nil where the packet is no CONNECT of a known version up to there; any bytes.
  public let clientID: Range<Int>?

  /// Reads the packet whose header was found in `bytes`; nil when not even a protocol can be read.
  public init?(_ bytes: Span<UInt8>, _ header: FixedHeader) {
    var fields = FieldReader(header.body)
    guard let name = try? fields.binaryData(bytes), let level = try? fields.byte(bytes) else { return nil }
    protocolName = name
    self.level = level
    clientID = Self.clientID(bytes, &fields, hasProperties: level & 0x7F >= ProtocolVersion.v5.rawValue)
  }

  private static func clientID(
    _ bytes: Span<UInt8>, _ fields: inout FieldReader, hasProperties: Bool
  ) -> Range<Int>? {
    // Flags and keep alive.
    guard (try? fields.byte(bytes)) != nil, (try? fields.twoByteInteger(bytes)) != nil else { return nil }
    if hasProperties {
      guard let count = try? fields.variableByteInteger(bytes), count <= fields.remaining else { return nil }
      fields.position += count
    }
    return try? fields.binaryData(bytes)
  }
}
