import MQTTCodec
import Testing

/// MQTT 5.0 section 3.8, MQTT 3.1.1 section 3.8.
struct SubscribePacketTests {
  private func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws(ProtocolFault) -> SubscribePacket {
    try SubscribePacket.decode(bytes.span, try header(bytes, version), version)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `all filters are found in order`(version: ProtocolVersion) throws {
    let none: [UInt8] = version == .v5 ? [0] : []
    let bytes = packet(0x82, two(0x1234), none, text("a/#"), [0], text("b"), [1], text("a/#"), [2])
    let decoded = try decode(bytes, version)
    #expect(decoded.packetID == 0x1234)
    #expect(decoded.subscriptionIdentifier == nil)
    #expect(decoded.requests.map { bytes.text($0.filter) } == ["a/#", "b", "a/#"])
    #expect(decoded.requests.map(\.options.qos) == [.atMostOnce, .atLeastOnce, .exactlyOnce])
  }

  @Test func `options are what their bits say`() throws {
    for bits in UInt8.min...UInt8.max {
      let bytes = packet(0x82, two(1), [0], text("a"), [bits])
      let isReserved = bits & 0xC0 != 0
      if isReserved {
        #expect(fault(bytes, .v5) == .malformedPacket)
      } else if bits & 3 == 3 || bits & 0x30 == 0x30 {
        #expect(fault(bytes, .v5) == .protocolError)
      } else {
        let options = try decode(bytes, .v5).requests[0].options
        #expect(options.qos.rawValue == bits & 3)
        #expect(options.noLocal == (bits & 4 != 0))
        #expect(options.retainAsPublished == (bits & 8 != 0))
        #expect(options.retainHandling.rawValue == bits >> 4)
      }
      let old = packet(0x82, two(1), text("a"), [bits])
      #expect((fault(old, .v3_1_1) == .malformedPacket) == (bits > 2))
      #expect((fault(old, .v3_1) == .malformedPacket) == (bits & 3 == 3))
    }
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `no filter, packet identifier 0 and missing options are faults`(version: ProtocolVersion) {
    let none: [UInt8] = version == .v5 ? [0] : []
    #expect(fault(packet(0x82, two(1), none), version) == .protocolError)
    #expect(fault(packet(0x82, two(0), none, text("a"), [0]), version) == .protocolError)
    #expect(fault(packet(0x82, two(1), none, text("a")), version) == .malformedPacket)
    #expect(fault(packet(0x82, two(1), none, text("a"), [0], [0]), version) == .malformedPacket)
    #expect(fault(packet(0x82), version) == .malformedPacket)
    for bad in UTF8Samples.illFormed {
      #expect(fault(packet(0x82, two(1), none, field(bad), [0]), version) == .malformedPacket)
    }
  }

  @Test func `the subscription identifier is 1 to 268,435,455, once`() throws {
    func bytes(_ list: [UInt8]...) -> [UInt8] {
      packet(0x82, two(1), properties(Array(list.joined())), text("a"), [0])
    }
    for value in [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455] {
      #expect(try decode(bytes([0x0B] + varint(value)), .v5).subscriptionIdentifier == UInt32(value))
    }
    #expect(fault(bytes([0x0B, 0]), .v5) == .protocolError)
    #expect(fault(bytes([0x0B, 1], [0x0B, 1]), .v5) == .protocolError)
    #expect(fault(bytes([0x0B, 0x81, 0]), .v5) == .malformedPacket)
    #expect(fault(bytes([0x0B, 0xFF, 0xFF, 0xFF, 0xFF, 1]), .v5) == .malformedPacket)
    #expect(fault(bytes(userProperty("a", "b")), .v5) == nil)
    for id in UInt8.min...UInt8.max where id != 0x0B && id != 0x26 {
      #expect(fault(bytes([id, 0, 0, 0, 0]), .v5) == .malformedPacket)
    }
  }

  @Test func `a shared subscription can't have No Local`() {
    #expect(fault(packet(0x82, two(1), [0], text("$share/g/a"), [4]), .v5) == .protocolError)
    #expect(fault(packet(0x82, two(1), [0], text("$share/g/a"), [0]), .v5) == nil)
    #expect(fault(packet(0x82, two(1), [0], text("$shared/g/a"), [4]), .v5) == nil)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `the number of filters is bounded`(version: ProtocolVersion) throws {
    let max = DecodingLimits.filtersMax
    let none: [UInt8] = version == .v5 ? [0] : []
    func bytes(_ count: Int) -> [UInt8] {
      packet(0x82, two(1), none, Array([[UInt8]](repeating: text("a") + [0], count: count).joined()))
    }
    #expect(try decode(bytes(max), version).requests.count == max)
    #expect(fault(bytes(max + 1), version) == .quotaExceeded)
  }
}
