/// The MQTT Control Packet types (MQTT 5.0 section 2.1.2).
public enum PacketType: UInt8, Sendable, CaseIterable {
  case connect = 1
  case connack
  case publish
  case puback
  case pubrec
  case pubrel
  case pubcomp
  case subscribe
  case suback
  case unsubscribe
  case unsuback
  case pingreq
  case pingresp
  case disconnect
  case auth

  /// The type in the high four bits of a packet's first byte, or nil for the reserved type 0.
  @inlinable @inline(__always)
  init?(firstByte: UInt8) {
    // Written out so that it is inlined into other modules, where it becomes one comparison.
    switch firstByte >> 4 {
    case 1: self = .connect
    case 2: self = .connack
    case 3: self = .publish
    case 4: self = .puback
    case 5: self = .pubrec
    case 6: self = .pubrel
    case 7: self = .pubcomp
    case 8: self = .subscribe
    case 9: self = .suback
    case 10: self = .unsubscribe
    case 11: self = .unsuback
    case 12: self = .pingreq
    case 13: self = .pingresp
    case 14: self = .disconnect
    case 15: self = .auth
    default: return nil
    }
  }

  /// The high four bits of the packet's first byte.
  @inlinable @inline(__always)
  var firstByte: UInt8 { rawValue << 4 }
}
