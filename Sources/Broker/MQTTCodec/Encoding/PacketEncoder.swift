/// Appends whole packets, as a server sends them, to a buffer.
///
/// What is to be written is trusted: topics and properties were decoded, or checked with ``TopicName`` and
/// ``UTF8Text``.
public enum PacketEncoder {
  /// Appends a CONNACK (MQTT 5.0 section 3.2).
  ///
  /// Before 5.0 the reason becomes a return code and the properties are left out; a reason that has no return code
  /// appends nothing, for then the connection is to be closed without a CONNACK (MQTT 3.1.1 section 3.2.2.3).
  public static func connack(
    sessionPresent: Bool, reason: ReasonCode, version: ProtocolVersion, properties: ConnackProperties,
    into buffer: inout ByteBuffer
  ) {
    // 3.1 has no session present flag; no version has it set beside a refusal.
    let present: UInt8 = sessionPresent && reason == .success && version != .v3_1 ? 1 : 0
    guard version != .v5 else {
      return append(.connack, head: [present, reason.rawValue], properties: properties.encoded, into: &buffer)
    }
    guard let code = reason.connectReturnCode else { return }
    append(.connack, head: [present, code], properties: nil, into: &buffer)
  }

  /// Appends a SUBACK with one reason for each filter of the SUBSCRIBE, in order (MQTT 5.0 section 3.9).
  ///
  /// In 3.1.1 each failure is 0x80. 3.1 can't say that a subscription failed: "it must make a positive acknowledgement"
  /// (MQTT 3.1 section 3.8), which is QoS 0 here.
  public static func suback(
    packetID: UInt16, reasons: [ReasonCode], version: ProtocolVersion, into buffer: inout ByteBuffer
  ) {
    let codes = reasons.map { reason in
      switch version {
      case .v5: reason.rawValue
      case .v3_1_1: reason.isFailure ? 0x80 : reason.rawValue
      case .v3_1: reason.isFailure ? 0 : reason.rawValue
      }
    }
    append(.suback, head: packetID.bigEndianBytes, properties: version == .v5 ? [] : nil, tail: codes, into: &buffer)
  }

  /// Appends an UNSUBACK (MQTT 5.0 section 3.11); before 5.0 it holds only the packet identifier.
  public static func unsuback(
    packetID: UInt16, reasons: [ReasonCode], version: ProtocolVersion, into buffer: inout ByteBuffer
  ) {
    let head = packetID.bigEndianBytes
    if version == .v5 {
      append(.unsuback, head: head, properties: [], tail: reasons.map(\.rawValue), into: &buffer)
    } else {
      append(.unsuback, head: head, properties: nil, into: &buffer)
    }
  }

  /// Appends a PINGRESP (MQTT 5.0 section 3.13).
  public static func pingresp(into buffer: inout ByteBuffer) {
    buffer.append(PacketType.pingresp.firstByte)
    buffer.append(0)
  }

  /// Appends a DISCONNECT (MQTT 5.0 section 3.14). Before 5.0 servers send none, and nothing is appended.
  public static func disconnect(
    reason: ReasonCode, reasonString: String? = nil, serverReference: String? = nil, version: ProtocolVersion = .v5,
    into buffer: inout ByteBuffer
  ) {
    guard version == .v5 else { return }
    var properties = PropertyWriter()
    if let reasonString { properties.add(.reasonString, text: reasonString) }
    if let serverReference { properties.add(.serverReference, text: serverReference) }
    append(.disconnect, head: [reason.rawValue], properties: properties.bytes, into: &buffer)
  }

  /// Appends an AUTH of MQTT 5.0 (section 3.15); `method` is UTF-8.
  public static func auth(
    reason: ReasonCode, method: [UInt8], data: [UInt8]? = nil, reasonString: String? = nil,
    into buffer: inout ByteBuffer
  ) {
    var properties = PropertyWriter()
    properties.add(.authenticationMethod, data: method)
    if let data { properties.add(.authenticationData, data: data) }
    if let reasonString { properties.add(.reasonString, text: reasonString) }
    append(.auth, head: [reason.rawValue], properties: properties.bytes, into: &buffer)
  }

  /// Appends a packet that is sent seldom; `properties` is nil when its version has none.
  private static func append(
    _ type: PacketType, head: [UInt8], properties: [UInt8]?, tail: [UInt8] = [], into buffer: inout ByteBuffer
  ) {
    var length = head.count + tail.count
    if let properties { length += VariableByteInteger.byteCount(properties.count) + properties.count }
    buffer.append(type.firstByte)
    buffer.append(variableByteInteger: length)
    buffer.append(head)
    if let properties {
      buffer.append(variableByteInteger: properties.count)
      buffer.append(properties)
    }
    buffer.append(tail)
  }
}

extension UInt16 {
  fileprivate var bigEndianBytes: [UInt8] { [UInt8(truncatingIfNeeded: self >> 8), UInt8(truncatingIfNeeded: self)] }
}
