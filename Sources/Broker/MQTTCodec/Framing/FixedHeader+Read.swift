extension FixedHeader {
  /// Looks for a packet that starts at `offset` of `bytes`.
  ///
  /// Faults are found with as few bytes as possible: a reserved type, or flags that the type must not have, with the
  /// first byte; a length of more than four bytes, or one that makes the packet larger than `packetBytesMax`
  /// (``ReasonCode/packetTooLarge``), as soon as it was read. So nothing is ever kept for a packet that will be
  /// refused. Whether a packet of this type may come now, or from a client at all, is for the caller to say.
  ///
  /// - Parameters:
  ///   - bytes: What was received; only bytes from `offset` on are looked at.
  ///   - offset: Where the packet starts, 0...`bytes.count`.
  ///   - packetBytesMax: The largest whole packet to accept, header included.
  ///   - version: What the connection speaks, or nil before CONNECT. MQTT 5.0 refuses lengths with needless bytes
  ///     (section 1.5.5), 3.1 has DUP in PUBREL, SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1 section 2.1).
  @inlinable @inline(__always)
  public static func read(
    _ bytes: Span<UInt8>, at offset: Int, packetBytesMax: Int, version: ProtocolVersion? = nil
  ) -> FrameResult {
    let available = bytes.count &- offset
    guard available > 0 else { return .incomplete(neededBytes: 2) }
    let first = bytes[offset]
    guard let type = PacketType(firstByte: first) else { return .malformed(reservedType) }
    let flags = first & 0x0F
    if type != .publish, !areFlagsValid(flags, of: type, version) { return .malformed(reservedFlags) }

    var length = 0
    var lengthBytes = 0
    while true {
      guard lengthBytes < 4 else { return .malformed(lengthTooLong) }
      guard lengthBytes &+ 1 < available else { return .incomplete(neededBytes: lengthBytes &+ 2) }
      let byte = bytes[offset &+ 1 &+ lengthBytes]
      length |= Int(byte & 0x7F) &<< (7 &* lengthBytes)
      lengthBytes &+= 1
      if byte < 0x80 {
        if byte == 0, lengthBytes > 1, version == .v5 { return .malformed(lengthNotMinimal) }
        break
      }
    }
    if type == .pingreq, length != 0 || lengthBytes != 1 { return .malformed(pingWithBody) }
    let packetBytes = 1 &+ lengthBytes &+ length
    guard packetBytes <= packetBytesMax else { return .malformed(tooLarge) }
    guard packetBytes <= available else { return .incomplete(neededBytes: packetBytes) }
    let body = Range(uncheckedBounds: (offset &+ 1 &+ lengthBytes, offset &+ packetBytes))
    return .frame(FixedHeader(type: type, flags: flags, start: offset, body: body))
  }

  @inlinable @inline(__always)
  static func areFlagsValid(_ flags: UInt8, of type: PacketType, _ version: ProtocolVersion?) -> Bool {
    switch type {
    case .pubrel, .subscribe, .unsubscribe: flags == 0b0010 || (flags == 0b1010 && version == .v3_1)
    default: flags == 0
    }
  }

  @usableFromInline
  static var reservedType: ProtocolFault { .malformed("packet type 0 is reserved") }
  @usableFromInline
  static var reservedFlags: ProtocolFault { .malformed("the first byte has flags that its packet type must not have") }
  @usableFromInline
  static var lengthTooLong: ProtocolFault { .malformed("the remaining length takes more than four bytes") }
  @usableFromInline
  static var lengthNotMinimal: ProtocolFault { .malformed("the remaining length takes more bytes than it needs") }
  @usableFromInline
  static var pingWithBody: ProtocolFault { .malformed("a PINGREQ that is longer than its two bytes") }
  @usableFromInline
  static var tooLarge: ProtocolFault {
    ProtocolFault(.packetTooLarge, "the packet is larger than this server accepts")
  }
}
