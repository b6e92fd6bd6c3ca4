extension PacketEncoder {
  /// Appends a PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0 sections 3.4 to 3.7).
  ///
  /// Reason ``ReasonCode/success`` takes the short form of four bytes; before 5.0 the reason is left out always.
  /// Allocates nothing but what the buffer grows by.
  @inlinable
  public static func acknowledgement(
    _ type: PacketType, packetID: UInt16, reason: ReasonCode, version: ProtocolVersion, into buffer: inout ByteBuffer
  ) {
    let hasReason = version == .v5 && reason != .success
    let to = buffer.reserve(5)
    to[0] = type.firstByte | (type == .pubrel ? 0b0010 : 0)
    to[1] = hasReason ? 3 : 2
    to[2] = UInt8(truncatingIfNeeded: packetID &>> 8)
    to[3] = UInt8(truncatingIfNeeded: packetID)
    to[4] = reason.rawValue
    buffer.commit(hasReason ? 5 : 4)
  }
}
