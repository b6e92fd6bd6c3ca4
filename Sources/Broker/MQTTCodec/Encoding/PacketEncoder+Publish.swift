#if canImport(Glibc)
  public import Glibc
#else
  public import Darwin
#endif

extension PacketEncoder {
  /// Appends a PUBLISH (MQTT 5.0 section 3.3). Allocates nothing but what the buffer grows by.
  ///
  /// - Parameters:
  ///   - topic: A valid topic name, or empty when `topicAlias` stands for it.
  ///   - payload: The application message.
  ///   - properties: Encoded properties without alias, expiry and subscription identifiers
  ///     (``PublishProperties/appendForwardable(from:to:)``). Left out before 5.0, as are the following three.
  ///   - messageExpirySeconds: What is left of the message's life, or nil.
  ///   - subscriptionIdentifiers: Those of the subscriptions that matched, each 1...268,435,455.
  ///   - topicAlias: The alias to set or to use, or 0 for none.
  ///   - qos: The QoS to deliver with.
  ///   - isRetain: The RETAIN flag.
  ///   - isDuplicate: The DUP flag.
  ///   - packetID: The packet identifier; left out at QoS 0.
  ///   - version: What the receiver speaks.
  ///   - buffer: Where the packet goes.
  /// - Returns: The offset of the packet identifier from the packet's first byte, 0 at QoS 0, so that one encoding can
  ///   be patched for many receivers. Nothing is appended when the packet is longer than any may be: its publisher had
  ///   no properties, or an alias for the topic, and so had more room.
  /// - Precondition: The topic has at most 65,535 bytes.
  @inlinable @discardableResult
  public static func publish(
    topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer,
    messageExpirySeconds: UInt32?, subscriptionIdentifiers: [UInt32], topicAlias: UInt16, qos: QoS, isRetain: Bool,
    isDuplicate: Bool, packetID: UInt16, version: ProtocolVersion, into buffer: inout ByteBuffer
  ) -> Int {
    precondition(topic.count <= DecodingLimits.fieldBytesMax, "a topic of more than 65,535 bytes")
    let propertiesLength =
      version == .v5
      ? propertyBytes(properties.count, messageExpirySeconds, subscriptionIdentifiers, topicAlias) : -1
    let length = remainingLength(topic.count, payload.count, propertiesLength, qos)
    guard length <= DecodingLimits.remainingLengthMax else { return 0 }

    let start = buffer.reserve(5 &+ length)
    var to = start
    to.pointee =
      PacketType.publish.firstByte | (isDuplicate ? 0b1000 : 0) | (qos.rawValue &<< 1) | (isRetain ? 1 : 0)
    to = VariableByteInteger.write(length, to: to + 1)
    to = write(UInt16(truncatingIfNeeded: topic.count), to: to)
    to = write(topic, to: to)
    var packetIDOffset = 0
    if qos != .atMostOnce {
      packetIDOffset = to - start
      to = write(packetID, to: to)
    }
    if propertiesLength >= 0 {
      to = VariableByteInteger.write(propertiesLength, to: to)
      if propertiesLength > 0 {
        to = writeProperties(properties, messageExpirySeconds, subscriptionIdentifiers, topicAlias, to: to)
      }
    }
    to = write(payload, to: to)
    buffer.commit(to - start)
    return packetIDOffset
  }

  /// Bytes of the whole packet that `publish` would append, to be compared with the receiver's maximum packet size.
  @inlinable
  public static func publishByteCount(
    topicCount: Int, payloadCount: Int, propertiesCount: Int, messageExpirySeconds: UInt32?,
    subscriptionIdentifiers: [UInt32], topicAlias: UInt16, qos: QoS, version: ProtocolVersion
  ) -> Int {
    let propertiesLength =
      version == .v5
      ? propertyBytes(propertiesCount, messageExpirySeconds, subscriptionIdentifiers, topicAlias) : -1
    let length = remainingLength(topicCount, payloadCount, propertiesLength, qos)
    return 1 &+ VariableByteInteger.byteCount(length) &+ length
  }

  /// Bytes behind the fixed header; `propertiesLength` is -1 where the version has no properties.
  @inlinable @inline(__always)
  static func remainingLength(_ topicCount: Int, _ payloadCount: Int, _ propertiesLength: Int, _ qos: QoS) -> Int {
    var length = 2 &+ topicCount &+ payloadCount
    if qos != .atMostOnce { length &+= 2 }
    if propertiesLength >= 0 { length &+= VariableByteInteger.byteCount(propertiesLength) &+ propertiesLength }
    return length
  }

  /// Bytes of all properties, without the length before them.
  @inlinable @inline(__always)
  static func propertyBytes(
    _ forwarded: Int, _ messageExpirySeconds: UInt32?, _ subscriptionIdentifiers: [UInt32], _ topicAlias: UInt16
  ) -> Int {
    var count = forwarded
    if messageExpirySeconds != nil { count &+= 5 }
    if topicAlias != 0 { count &+= 3 }
    for identifier in subscriptionIdentifiers { count &+= 1 &+ VariableByteInteger.byteCount(Int(identifier)) }
    return count
  }

  @usableFromInline
  static func writeProperties(
    _ forwarded: UnsafeRawBufferPointer, _ messageExpirySeconds: UInt32?, _ subscriptionIdentifiers: [UInt32],
    _ topicAlias: UInt16, to address: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var to = address
    if topicAlias != 0 {
      to.pointee = PropertyID.topicAlias.rawValue
      to = write(topicAlias, to: to + 1)
    }
    if let messageExpirySeconds {
      to.pointee = PropertyID.messageExpiryInterval.rawValue
      to = write(UInt16(truncatingIfNeeded: messageExpirySeconds &>> 16), to: to + 1)
      to = write(UInt16(truncatingIfNeeded: messageExpirySeconds), to: to)
    }
    for identifier in subscriptionIdentifiers {
      to.pointee = PropertyID.subscriptionIdentifier.rawValue
      to = VariableByteInteger.write(Int(identifier), to: to + 1)
    }
    return write(forwarded, to: to)
  }

  @inlinable @inline(__always)
  static func write(_ value: UInt16, to address: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    address[0] = UInt8(truncatingIfNeeded: value &>> 8)
    address[1] = UInt8(truncatingIfNeeded: value)
    return address + 2
  }

  @inlinable @inline(__always)
  static func write(
    _ bytes: UnsafeRawBufferPointer, to address: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    guard let from = bytes.baseAddress, bytes.count > 0 else { return address }
    memcpy(address, from, bytes.count)
    return address + bytes.count
  }
}
