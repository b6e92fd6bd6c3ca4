import MQTTCodec

/// What was decoded of a packet, with the bytes themselves instead of their places: two packets say the same when their
/// contents are equal. Each range is looked at, so that one outside of its packet ends the run.
enum PacketContent {
  typealias Fields = [[UInt8]]

  /// Decodes as a shard does; nil for packets that only servers send.
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ header: FixedHeader, _ version: ProtocolVersion
  ) throws(ProtocolFault) -> Fields? {
    let span = bytes.span
    func take(_ range: Range<Int>?) -> [UInt8] {
      guard let range else { return [0] }
      check(header.body.lowerBound <= range.lowerBound && range.upperBound <= header.body.upperBound, "outside")
      return [1] + bytes[range]
    }
    switch header.type {
    case .connect: return try connect(ConnectPacket.decode(span, header), take, bytes)
    case .publish:
      let packet = try PublishPacket.decode(span, header, version)
      check((packet.packetID == 0) == (packet.qos == .atMostOnce), "packet identifier \(packet.packetID)")
      check(!packet.topic.isEmpty || packet.properties.topicAlias != nil, "no topic")
      return [
        [header.flags], take(packet.topic), number(packet.packetID),
        [TopicName.isValid(span.extracting(packet.topic)) ? 1 : 0],
      ] + properties(packet.properties, take, bytes) + [take(packet.payload)]
    case .puback, .pubrec, .pubrel, .pubcomp:
      let packet = try AcknowledgementPacket.decode(span, header, version)
      check(packet.type == header.type && packet.packetID != 0, "\(packet)")
      return [[packet.type.rawValue, packet.reason.rawValue], number(packet.packetID)]
    case .subscribe:
      let packet = try SubscribePacket.decode(span, header, version)
      check(packet.packetID != 0 && !packet.requests.isEmpty && packet.subscriptionIdentifier != 0, "\(packet)")
      return [number(packet.packetID), number(packet.subscriptionIdentifier ?? 0)]
        + packet.requests.flatMap { [take($0.filter), options($0.options)] }
    case .unsubscribe:
      let packet = try UnsubscribePacket.decode(span, header, version)
      check(packet.packetID != 0 && !packet.filters.isEmpty, "\(packet)")
      return [number(packet.packetID)] + packet.filters.map(take)
    case .disconnect:
      let packet = try DisconnectPacket.decode(span, header, version)
      return [[packet.reason.rawValue], packet.sessionExpirySeconds.map { number($0) } ?? []]
    case .auth:
      let packet = try AuthPacket.decode(span, header, version)
      check(packet.method != nil, "AUTH without a method")
      return [[packet.reason.rawValue], take(packet.method), take(packet.data)]
    case .pingreq: return []
    case .connack, .suback, .unsuback, .pingresp: return nil
    }
  }

  static func properties(
    _ found: PublishProperties, _ take: (Range<Int>?) -> [UInt8], _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Fields {
    var forwarded = ByteBuffer()
    found.appendForwardable(from: bytes.span, to: &forwarded)
    check(
      forwarded.count == found.forwardableBytes, "\(forwarded.count) forwarded, \(found.forwardableBytes) announced")
    if found.isForwardable { check(forwarded.bytes.elementsEqual(bytes[found.block]), "the block was changed") }
    check(found.topicAlias != 0 && found.userPropertyCount <= DecodingLimits.userPropertiesMax, "\(found)")
    if let topic = found.responseTopic { check(TopicName.isValid(bytes.span.extracting(topic)), "response topic") }
    if let type = found.contentType { check(UTF8Text.isWellFormed(bytes.span.extracting(type)), "content type") }
    return [
      found.topicAlias.map { number($0) } ?? [], found.messageExpirySeconds.map { number($0) } ?? [],
      found.payloadFormatIndicator.map { [$0] } ?? [], take(found.contentType), take(found.responseTopic),
      take(found.correlationData), number(found.userPropertyCount), Array(forwarded.bytes),
    ]
  }

  private static func connect(
    _ packet: ConnectPacket, _ take: (Range<Int>?) -> [UInt8], _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Fields {
    let wants = packet.properties
    check(wants.receiveMaximum > 0 && wants.packetBytesMax != 0, "\(wants)")
    check(wants.authenticationData == nil || wants.authenticationMethod != nil, "data without a method")
    check(UTF8Text.isWellFormed(bytes.span.extracting(packet.clientID)), "client identifier")
    var fields: Fields = [
      [packet.version.rawValue, packet.cleanStart ? 1 : 0], number(packet.keepAliveSeconds), take(packet.clientID),
      take(packet.userName), take(packet.password), number(wants.sessionExpirySeconds), number(wants.receiveMaximum),
      wants.packetBytesMax.map { number($0) } ?? [], number(wants.topicAliasMaximum),
      [wants.wantsResponseInformation ? 1 : 0, wants.wantsProblemInformation ? 1 : 0], number(wants.userPropertyCount),
      take(wants.authenticationMethod), take(wants.authenticationData),
    ]
    if let will = packet.will {
      check(TopicName.isValid(bytes.span.extracting(will.topic)) && will.properties.topicAlias == nil, "will")
      fields += [
        [will.qos.rawValue, will.isRetain ? 1 : 0], take(will.topic), take(will.payload), number(will.delaySeconds),
      ]
      fields += properties(will.properties, take, bytes)
    }
    return fields
  }

  private static func options(_ options: SubscriptionOptions) -> [UInt8] {
    [
      options.qos.rawValue, options.noLocal ? 1 : 0, options.retainAsPublished ? 1 : 0, options.retainHandling.rawValue,
    ]
  }

  static func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: UInt64(truncatingIfNeeded: value).bigEndian) { Array($0) }
  }
}
