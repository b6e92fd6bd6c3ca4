/// Walks the properties of one packet, and checks what holds for all kinds of packets: the identifier is one that this
/// packet may have, only user properties come twice, and there are not too many of those (MQTT 5.0 section 2.2.2).
struct PropertyReader {
  /// All properties as on the wire, without the length before them.
  let block: Range<Int>
  /// Reads the value of the property that ``next(_:)`` returned.
  var fields: FieldReader
  private let allowed: UInt64
  private var seen: UInt64 = 0
  /// How many user properties were read so far.
  private(set) var userPropertyCount = 0

  /// Reads the length and takes the block that follows out of `packet`.
  init(
    _ bytes: Span<UInt8>, from packet: inout FieldReader, allowed: PropertySet
  ) throws(ProtocolFault) {
    let count = try packet.variableByteInteger(bytes)
    guard count <= packet.remaining else { throw .malformed("the properties are longer than the packet") }
    block = packet.position..<(packet.position + count)
    packet.position = block.upperBound
    fields = FieldReader(block)
    self.allowed = allowed.bits
  }

  /// The next property other than a user property, or nil at the end. The caller reads its value from ``fields``.
  mutating func next(_ bytes: Span<UInt8>) throws(ProtocolFault) -> PropertyID? {
    while fields.remaining > 0 {
      guard let id = PropertyID(rawValue: try fields.byte(bytes)) else {
        throw .malformed("an unknown property identifier")
      }
      let bit: UInt64 = 1 << UInt64(id.rawValue)
      guard allowed & bit != 0 else { throw .malformed("a property that this packet must not have") }
      if id == .userProperty {
        userPropertyCount += 1
        guard userPropertyCount <= DecodingLimits.userPropertiesMax else {
          throw ProtocolFault(.quotaExceeded, "too many user properties in one packet")
        }
        _ = try fields.string(bytes)
        _ = try fields.string(bytes)
        continue
      }
      guard seen & bit == 0 else { throw .protocolError("a property that may come once came twice") }
      seen |= bit
      return id
    }
    return nil
  }

  /// Reads a byte that is 0 or 1.
  mutating func flag(_ bytes: Span<UInt8>) throws(ProtocolFault) -> Bool {
    switch try fields.byte(bytes) {
    case 0: false
    case 1: true
    default: throw .protocolError("a property that is 0 or 1 has another value")
    }
  }

  /// Reads and checks properties of which nothing is kept.
  static func skip(
    _ bytes: Span<UInt8>, from packet: inout FieldReader, allowed: PropertySet
  ) throws(ProtocolFault) {
    var properties = try PropertyReader(bytes, from: &packet, allowed: allowed)
    while let id = try properties.next(bytes) {
      // Only the reason string is ever allowed where nothing is kept.
      guard id == .reasonString else { throw .malformed("a property that this packet must not have") }
      _ = try properties.fields.string(bytes)
    }
  }
}
