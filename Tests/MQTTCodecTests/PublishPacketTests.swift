import MQTTCodec
import Testing

/// MQTT 5.0 section 3.3, MQTT 3.1.1 section 3.3.
struct PublishPacketTests {
  @Test(arguments: ProtocolVersion.allCases, QoS.allCases)
  func `all fields are found`(version: ProtocolVersion, qos: QoS) throws {
    for flags in UInt8(0)...3 {
      let isDuplicate = flags & 2 != 0 && qos != .atMostOnce
      let first = 0x30 | qos.rawValue << 1 | (isDuplicate ? 8 : 0) | flags & 1
      let id = qos == .atMostOnce ? [] : two(0x0102)
      let bytes = packet(first, text("a/b"), id, version == .v5 ? [0] : [], [4, 5, 6])
      let decoded = try publish(bytes, version)
      #expect(decoded.qos == qos)
      #expect(decoded.isDuplicate == isDuplicate)
      #expect(decoded.isRetain == (flags & 1 != 0))
      #expect(bytes.text(decoded.topic) == "a/b")
      #expect(decoded.packetID == (qos == .atMostOnce ? 0 : 0x0102))
      #expect(Array(bytes[decoded.payload]) == [4, 5, 6])
      #expect(decoded.properties.block.isEmpty)
      #expect(decoded.properties.isForwardable)
      #expect(decoded.properties.topicAlias == nil)
      #expect(decoded.properties.messageExpirySeconds == nil)
      #expect(decoded.properties.payloadFormatIndicator == nil)
      #expect(decoded.properties.contentType == nil)
    }
  }

  @Test func `an empty payload is a payload`() throws {
    #expect(try publish(packet(0x30, text("a")), .v3_1_1).payload.isEmpty)
    #expect(try publish(packet(0x30, text("a"), [0]), .v5).payload.isEmpty)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `QoS 3, DUP at QoS 0 and packet identifier 0 are faults`(version: ProtocolVersion) {
    let none: [UInt8] = version == .v5 ? [0] : []
    #expect(fault(packet(0x36, text("a"), two(1), none), version) == .malformedPacket)
    #expect(fault(packet(0x3E, text("a"), two(1), none), version) == .malformedPacket)
    #expect(fault(packet(0x38, text("a"), none), version) == .malformedPacket)
    #expect(fault(packet(0x32, text("a"), two(0), none), version) == .protocolError)
    #expect(fault(packet(0x34, text("a"), two(0), none), version) == .protocolError)
  }

  @Test func `an empty topic needs an alias`() throws {
    #expect(fault(hex("30 03 00 00 78"), .v3_1_1) == .protocolError)
    #expect(fault(hex("30 03 00 00 00"), .v5) == .protocolError)
    #expect(fault(packet(0x30, text(""), properties([1, 1])), .v5) == .protocolError)
    let decoded = try publish(packet(0x30, text(""), properties([0x23] + two(65_535))), .v5)
    #expect(decoded.properties.topicAlias == 65_535)
    #expect(decoded.topic.isEmpty)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `fields that go past the packet's end are malformed`(version: ProtocolVersion) {
    for body in ["", "00", "00 02 61", "FF FF 61 61", "00 40 61 61"].map(hex) {
      #expect(fault(packet(0x30, body) + text("what follows"), version) == .malformedPacket)
    }
    for body in ["00 01 61", "00 01 61 00"].map(hex) {
      #expect(fault(packet(0x32, body) + text("what follows"), version) == .malformedPacket)
    }
  }

  @Test func `the property length is kept to`() {
    #expect(fault(packet(0x30, text("a")), .v5) == .malformedPacket)
    #expect(fault(packet(0x30, text("a"), [3, 1, 1]), .v5) == .malformedPacket)
    #expect(fault(packet(0x30, text("a"), [1, 1, 1]), .v5) == .malformedPacket)
    #expect(fault(packet(0x30, text("a"), [0x80]), .v5) == .malformedPacket)
    #expect(fault(packet(0x30, text("a"), [0x80, 0]), .v5) == .malformedPacket)
    #expect(fault(packet(0x30, text("a"), [0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), .v5) == .malformedPacket)
  }

  @Test func `all properties are found, and passed on in order without alias and expiry`() throws {
    let bytes = packet(0x35, text("t"), two(6), Samples.publishProperties, [1])
    let found = try publish(bytes, .v5).properties
    #expect(found.topicAlias == 3)
    #expect(found.messageExpirySeconds == 30)
    #expect(found.payloadFormatIndicator == 1)
    #expect(bytes.text(found.contentType) == "json")
    #expect(bytes.text(found.responseTopic) == "answers/2")
    #expect(found.correlationData.map { Array(bytes[$0]) } == [7])
    #expect(found.userPropertyCount == 2)
    #expect(!found.isForwardable)
    let forwarded =
      [1, 1] + userProperty("x", "é") + [3] + text("json") + [8] + text("answers/2") + [9] + field([7])
      + userProperty("y", "")
    #expect(found.forwarded(from: bytes) == forwarded)
    #expect(found.forwardableBytes == forwarded.count)
  }

  @Test func `what may be passed on is right wherever alias and expiry are`() throws {
    let kept = [userProperty("a", "1"), [3] + text("c"), userProperty("b", "2")]
    let expiry = [2] + four(0)
    let alias = [0x23] + two(1)
    for first in 0...kept.count {
      for second in 0...(kept.count + 1) {
        var list = kept
        list.insert(expiry, at: first)
        list.insert(alias, at: second)
        let bytes = packet(0x30, text("t"), properties(Array(list.joined())))
        let found = try publish(bytes, .v5).properties
        #expect(found.messageExpirySeconds == 0)
        #expect(found.forwarded(from: bytes) == Array(kept.joined()))
      }
    }
    let bytes = packet(0x30, text("t"), properties(Array(kept.joined())), [9])
    let found = try publish(bytes, .v5).properties
    #expect(found.isForwardable)
    #expect(Array(bytes[found.block]) == Array(kept.joined()))
    #expect(found.forwarded(from: bytes) == Array(kept.joined()))
  }

  private func propertyFault(_ list: [UInt8]...) -> ReasonCode? {
    fault(packet(0x30, text("t"), properties(Array(list.joined())), [1]), .v5)
  }

  @Test func `each property but user properties may come once`() {
    for one in [[1, 0], [2] + four(1), [3] + text(""), [8] + text("a"), [9] + field([]), [0x23] + two(1)] {
      #expect(propertyFault(one) == nil)
      #expect(propertyFault(one, one) == .protocolError)
    }
    #expect(propertyFault(userProperty("a", "b"), userProperty("a", "b")) == nil)
  }

  @Test func `forbidden values are refused`() {
    #expect(propertyFault([1, 2]) == .protocolError)
    #expect(propertyFault([0x23] + two(0)) == .topicAliasInvalid)
    #expect(propertyFault([0x0B, 1]) == .protocolError)
    for topic in ["", "a/+", "#", "+"] { #expect(propertyFault([8] + text(topic)) == .protocolError) }
    for bad in UTF8Samples.illFormed {
      #expect(propertyFault([3] + field(bad)) == .malformedPacket)
      #expect(propertyFault([8] + field(bad)) == .malformedPacket)
      #expect(propertyFault([0x26] + field(bad) + text("")) == .malformedPacket)
      #expect(propertyFault([0x26] + text("") + field(bad)) == .malformedPacket)
      #expect(propertyFault([9] + field(bad)) == nil)
    }
  }

  @Test func `properties of other packets, and unknown ones, are malformed`() {
    let allowed: Set<UInt8> = [1, 2, 3, 8, 9, 0x0B, 0x23, 0x26]
    for id in UInt8.min...UInt8.max where !allowed.contains(id) {
      #expect(propertyFault([id, 0, 0, 0, 0]) == .malformedPacket, "\(id)")
    }
  }

  @Test func `thousands of user properties are refused by their number`() {
    let max = DecodingLimits.userPropertiesMax
    let most = Array([[UInt8]](repeating: userProperty("", ""), count: max).joined())
    #expect(propertyFault(most) == nil)
    #expect(propertyFault(most, userProperty("", "")) == .quotaExceeded)
  }
}
