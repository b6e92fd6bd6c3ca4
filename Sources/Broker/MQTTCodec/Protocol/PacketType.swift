/// The MQTT Control Packet types (MQTT 5.0 section 2.1.2).
public enum PacketType: UInt8, Sendable, CaseIterable {
  /// Client: asks for a connection.
  case connect = 1
  /// Server: answers CONNECT.
  case connack
  /// Both: a message.
  case publish
  /// Both: acknowledges a QoS 1 message.
  case puback
  /// Both: a QoS 2 message was received.
  case pubrec
  /// Both: a QoS 2 message may be released.
  case pubrel
  /// Both: a QoS 2 message is complete.
  case pubcomp
  /// Client: asks for messages.
  case subscribe
  /// Server: answers SUBSCRIBE.
  case suback
  /// Client: asks for no more messages.
  case unsubscribe
  /// Server: answers UNSUBSCRIBE.
  case unsuback
  /// Client: is there.
  case pingreq
  /// Server: answers PINGREQ.
  case pingresp
  /// Client, in 5.0 both: ends the connection.
  case disconnect
  /// Both, since 5.0: a step of extended authentication.
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
