extension PublishProperties {
  /// Reads the properties of a PUBLISH, length first.
  @usableFromInline
  static func decode(
    _ bytes: Span<UInt8>, from packet: inout FieldReader
  ) throws(ProtocolFault) -> PublishProperties {
    var delaySeconds: UInt32 = 0
    return try decode(bytes, from: &packet, allowed: .publish, delaySeconds: &delaySeconds)
  }

  /// Reads the properties of a will, length first, and returns the will delay beside them.
  static func decodeWill(
    _ bytes: Span<UInt8>, from packet: inout FieldReader, delaySeconds: inout UInt32
  ) throws(ProtocolFault) -> PublishProperties {
    try decode(bytes, from: &packet, allowed: .will, delaySeconds: &delaySeconds)
  }

  private static func decode(
    _ bytes: Span<UInt8>, from packet: inout FieldReader, allowed: PropertySet, delaySeconds: inout UInt32
  ) throws(ProtocolFault) -> PublishProperties {
    var reader = try PropertyReader(bytes, from: &packet, allowed: allowed)
    var result = PublishProperties(block: reader.block)
    while let id = try reader.next(bytes) {
      let start = reader.fields.position - 1
      switch id {
      case .payloadFormatIndicator: result.found.payloadFormatIndicator = try reader.flag(bytes) ? 1 : 0
      case .contentType: result.found.contentType = result.place(try reader.fields.string(bytes))
      case .correlationData: result.found.correlationData = result.place(try reader.fields.binaryData(bytes))
      case .responseTopic:
        let topic = try reader.fields.string(bytes)
        guard TopicName.isValid(bytes.extracting(topic)) else {
          throw .protocolError("the response topic is empty or has wildcards")
        }
        result.found.responseTopic = result.place(topic)
      case .messageExpiryInterval:
        result.found.messageExpirySeconds = try reader.fields.fourByteInteger(bytes)
        result.found.hasMessageExpiry = true
        result.cut(start..<reader.fields.position)
      case .willDelayInterval:
        delaySeconds = try reader.fields.fourByteInteger(bytes)
        result.cut(start..<reader.fields.position)
      case .topicAlias:
        result.found.topicAlias = try reader.fields.twoByteInteger(bytes)
        guard result.found.topicAlias != 0 else { throw ProtocolFault(.topicAliasInvalid, "topic alias 0") }
        result.cut(start..<reader.fields.position)
      case .subscriptionIdentifier: throw .protocolError("a PUBLISH from a client with a subscription identifier")
      default: throw .malformed("a property that this packet must not have")
      }
    }
    result.found.userPropertyCount = UInt32(reader.userPropertyCount)
    return result
  }

  private func place(_ range: Range<Int>) -> Place {
    var place = Place()
    place.offset = UInt32(range.lowerBound - block.lowerBound)
    place.count = UInt32(range.count)
    return place
  }

  /// Leaves a part out of what is passed on. Parts come in order and there are at most two: a PUBLISH has no delay, a
  /// will no alias.
  private mutating func cut(_ part: Range<Int>) {
    if found.firstCut.count == 0 { found.firstCut = place(part) } else { found.secondCut = place(part) }
  }
}
