/// The masking of client frames (RFC 6455 section 5.3).
enum WebSocketMask {
  /// Moves `count` bytes from `source` to `target`, which is the same place or before it, and unmasks them. Returns the
  /// mask for what follows. The lowest byte of `mask` is for the first byte.
  @inline(__always)
  static func move(
    _ source: UnsafeMutablePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int, mask: UInt32
  ) -> UInt32 {
    let from = UnsafeMutableRawPointer(source)
    let to = UnsafeMutableRawPointer(target)
    let word = UInt64(mask) &* 0x1_0000_0001
    let wide = SIMD4(repeating: word.littleEndian)
    var at = 0
    // Each piece is loaded before the one before it is overwritten, as `to` is never behind `from`.
    while count &- at >= 32 {
      let piece = (from + at).loadUnaligned(as: SIMD4<UInt64>.self)
      (to + at).storeBytes(of: piece ^ wide, as: SIMD4<UInt64>.self)
      at &+= 32
    }
    while count &- at >= 8 {
      let piece = (from + at).loadUnaligned(as: UInt64.self)
      (to + at).storeBytes(of: piece ^ word.littleEndian, as: UInt64.self)
      at &+= 8
    }
    var rest = word
    while at < count {
      target[at] = source[at] ^ UInt8(truncatingIfNeeded: rest)
      rest &>>= 8
      at &+= 1
    }
    return rotated(mask, by: count)
  }

  /// The mask that holds `count` bytes later.
  @inline(__always)
  static func rotated(_ mask: UInt32, by count: Int) -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: count & 3) &* 8
    return mask &>> bits | mask &<< (32 &- bits)
  }
}
