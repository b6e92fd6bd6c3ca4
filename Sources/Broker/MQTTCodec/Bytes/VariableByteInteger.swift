/// Integers of one to four bytes, seven bits in each, the lowest first (MQTT 5.0 section 1.5.5).
@usableFromInline
enum VariableByteInteger {
  /// Bytes that `value` (at most ``DecodingLimits/remainingLengthMax``) takes.
  @inlinable @inline(__always)
  static func byteCount(_ value: Int) -> Int {
    value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
  }

  /// Writes `value` and returns the address behind it.
  @inlinable @inline(__always)
  static func write(_ value: Int, to address: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    var rest = value
    var address = address
    while rest >= 128 {
      address.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
      address += 1
      rest &>>= 7
    }
    address.pointee = UInt8(truncatingIfNeeded: rest)
    return address + 1
  }
}
