/// Collects the properties of a packet that is sent seldom; the packets of the hot path write theirs without it.
struct PropertyWriter {
  /// The properties as on the wire, without the length before them.
  private(set) var bytes: [UInt8] = []

  mutating func add(_ id: PropertyID, byte: UInt8) {
    bytes.append(id.rawValue)
    bytes.append(byte)
  }

  mutating func add(_ id: PropertyID, flag: Bool) {
    add(id, byte: flag ? 1 : 0)
  }

  mutating func add(_ id: PropertyID, twoByteInteger value: UInt16) {
    bytes.append(id.rawValue)
    append(value)
  }

  mutating func add(_ id: PropertyID, fourByteInteger value: UInt32) {
    bytes.append(id.rawValue)
    append(UInt16(truncatingIfNeeded: value >> 16))
    append(UInt16(truncatingIfNeeded: value))
  }

  mutating func add(_ id: PropertyID, data: [UInt8]) {
    bytes.append(id.rawValue)
    append(data.prefix(DecodingLimits.fieldBytesMax))
  }

  mutating func add(_ id: PropertyID, text: String) {
    bytes.append(id.rawValue)
    append(text: text)
  }

  mutating func add(_ property: UserProperty) {
    bytes.append(PropertyID.userProperty.rawValue)
    append(text: property.name)
    append(text: property.value)
  }

  private mutating func append(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  private mutating func append(_ field: ArraySlice<UInt8>) {
    append(UInt16(field.count))
    bytes += field
  }

  /// Text that is too long for a field is cut between two characters, so that it stays well-formed.
  private mutating func append(text: String) {
    let utf8 = Array(text.utf8)
    var end = min(utf8.count, DecodingLimits.fieldBytesMax)
    while end < utf8.count, end > 0, utf8[end] & 0xC0 == 0x80 { end -= 1 }
    append(utf8[..<end])
  }
}
