/// Reads the fields of one packet one after the other; each read checks that the field lies inside the packet.
///
/// The span is given to each call, not stored, so that the reader is an ordinary value.
@usableFromInline
struct FieldReader {
  /// Where the next field starts.
  @usableFromInline var position: Int
  /// Where the packet, or the part of it that is read, ends.
  @usableFromInline let end: Int

  @inlinable @inline(__always)
  init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// Bytes left.
  @inlinable @inline(__always)
  var remaining: Int { end &- position }

  /// What is left, as a range.
  @inlinable @inline(__always)
  var rest: Range<Int> { Range(uncheckedBounds: (position, end)) }

  @inlinable @inline(__always)
  mutating func byte(_ bytes: Span<UInt8>) throws(ProtocolFault) -> UInt8 {
    guard remaining >= 1 else { throw .truncated }
    let value = bytes[position]
    position &+= 1
    return value
  }

  @inlinable @inline(__always)
  mutating func twoByteInteger(_ bytes: Span<UInt8>) throws(ProtocolFault) -> UInt16 {
    guard remaining >= 2 else { throw .truncated }
    let value = UInt16(bytes[position]) &<< 8 | UInt16(bytes[position &+ 1])
    position &+= 2
    return value
  }

  @inlinable
  mutating func fourByteInteger(_ bytes: Span<UInt8>) throws(ProtocolFault) -> UInt32 {
    guard remaining >= 4 else { throw .truncated }
    let high = UInt32(bytes[position]) &<< 24 | UInt32(bytes[position &+ 1]) &<< 16
    let low = UInt32(bytes[position &+ 2]) &<< 8 | UInt32(bytes[position &+ 3])
    position &+= 4
    return high | low
  }

  /// Reads a variable byte integer in its shortest form, as MQTT 5.0 demands (section 1.5.5).
  mutating func variableByteInteger(_ bytes: Span<UInt8>) throws(ProtocolFault) -> Int {
    var value = 0
    var shift = 0
    while true {
      let next = try byte(bytes)
      value |= Int(next & 0x7F) &<< shift
      if next < 0x80 {
        if next == 0, shift > 0 { throw .malformed("a variable byte integer takes more bytes than it needs") }
        return value
      }
      shift &+= 7
      guard shift < 28 else { throw .malformed("a variable byte integer takes more than four bytes") }
    }
  }

  /// Reads two bytes of length and returns where the bytes that follow lie.
  @inlinable @inline(__always)
  mutating func binaryData(_ bytes: Span<UInt8>) throws(ProtocolFault) -> Range<Int> {
    let count = Int(try twoByteInteger(bytes))
    guard remaining >= count else { throw .truncated }
    let range = Range(uncheckedBounds: (position, position &+ count))
    position &+= count
    return range
  }

  /// Reads a UTF-8 string and checks that it is well-formed and without U+0000 (MQTT 5.0 section 1.5.4).
  mutating func string(_ bytes: Span<UInt8>) throws(ProtocolFault) -> Range<Int> {
    let range = try binaryData(bytes)
    guard UTF8Text.isWellFormed(bytes.extracting(range)) else {
      throw .malformed("a string is not well-formed UTF-8 or holds U+0000")
    }
    return range
  }

  /// Reads a packet identifier, which is never 0 (MQTT 5.0 section 2.2.1).
  @inlinable @inline(__always)
  mutating func packetIdentifier(_ bytes: Span<UInt8>) throws(ProtocolFault) -> UInt16 {
    let value = try twoByteInteger(bytes)
    guard value != 0 else { throw .protocolError("packet identifier 0") }
    return value
  }

  /// Faults when something is left.
  @inlinable
  func expectEnd() throws(ProtocolFault) {
    guard position == end else { throw .malformed("the packet goes on after its last field") }
  }
}
