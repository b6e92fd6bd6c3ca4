/// A PUBLISH, decoded where it lies (MQTT 5.0 section 3.3). Ranges are in the span that was decoded.
public struct PublishPacket: Sendable {
  /// Whether the sender may have sent the message before.
  public let isDuplicate: Bool
  /// The delivery promise that the sender asks for.
  public let qos: QoS
  /// Whether the message is to be retained.
  public let isRetain: Bool
  /// The topic, empty when ``PublishProperties/topicAlias`` stands for it. Its characters are not checked here: see
  /// ``TopicName/isValid(_:)-(Span<UInt8>)``, which is to be called once for each topic, not for each message.
  public let topic: Range<Int>
  /// The packet identifier, 0 at QoS 0 and never 0 otherwise.
  public let packetID: UInt16
  /// The properties; none before 5.0.
  public let properties: PublishProperties
  /// The application message.
  public let payload: Range<Int>

  @inlinable @inline(__always)
  init(
    isDuplicate: Bool, qos: QoS, isRetain: Bool, topic: Range<Int>, packetID: UInt16, properties: PublishProperties,
    payload: Range<Int>
  ) {
    self.isDuplicate = isDuplicate
    self.qos = qos
    self.isRetain = isRetain
    self.topic = topic
    self.packetID = packetID
    self.properties = properties
    self.payload = payload
  }

  /// Decodes the PUBLISH whose header ``FixedHeader/read(_:at:packetBytesMax:version:)`` found in `bytes`.
  ///
  /// Allocates nothing. Faults: QoS 3, DUP with QoS 0, packet identifier 0, no topic and no alias, a field that goes
  /// past the packet's end, and each rule of section 3.3.2.3 on properties.
  @inlinable @inline(__always)
  public static func decode(
    _ bytes: Span<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> PublishPacket {
    var fields = FieldReader(header.body)
    let qos: QoS
    switch header.flags & 0b0110 {
    case 0b0000: qos = .atMostOnce
    case 0b0010: qos = .atLeastOnce
    case 0b0100: qos = .exactlyOnce
    default: throw qos3
    }
    let isDuplicate = header.flags & 0b1000 != 0
    if isDuplicate, qos == .atMostOnce { throw duplicateAtQoS0 }
    let topic = try fields.binaryData(bytes)
    let packetID = qos == .atMostOnce ? 0 : try fields.packetIdentifier(bytes)
    var properties = PublishProperties(noneAt: fields.position)
    if version == .v5 {
      if fields.remaining > 0, bytes[fields.position] == 0 {
        fields.position &+= 1
      } else {
        properties = try PublishProperties.decode(bytes, from: &fields)
      }
    }
    if topic.isEmpty, properties.topicAlias == nil { throw noTopic }
    return PublishPacket(
      isDuplicate: isDuplicate, qos: qos, isRetain: header.flags & 0b0001 != 0, topic: topic, packetID: packetID,
      properties: properties, payload: fields.rest)
  }

  @usableFromInline
  static var qos3: ProtocolFault { .malformed("a PUBLISH with QoS 3") }
  @usableFromInline
  static var duplicateAtQoS0: ProtocolFault { .malformed("a PUBLISH with DUP at QoS 0") }
  @usableFromInline
  static var noTopic: ProtocolFault { .protocolError("a PUBLISH with neither topic nor topic alias") }
}
