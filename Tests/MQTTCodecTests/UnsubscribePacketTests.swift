import MQTTCodec
import Testing

/// MQTT 5.0 section 3.10, MQTT 3.1.1 section 3.10.
struct UnsubscribePacketTests {
  private func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws(ProtocolFault) -> UnsubscribePacket {
    try UnsubscribePacket.decode(bytes.span, try header(bytes, version), version)
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `all filters are found in order`(version: ProtocolVersion) throws {
    let list = version == .v5 ? properties(userProperty("a", "b")) : []
    let bytes = packet(0xA2, two(7), list, text("a/#"), text("b"))
    let decoded = try decode(bytes, version)
    #expect(decoded.packetID == 7)
    #expect(decoded.filters.map { bytes.text($0) } == ["a/#", "b"])
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `no filter, packet identifier 0 and ill-formed filters are faults`(version: ProtocolVersion) {
    let none: [UInt8] = version == .v5 ? [0] : []
    #expect(fault(packet(0xA2, two(1), none), version) == .protocolError)
    #expect(fault(packet(0xA2, two(0), none, text("a")), version) == .protocolError)
    #expect(fault(packet(0xA2, two(1), none, [0]), version) == .malformedPacket)
    #expect(fault(packet(0xA2, two(1), none, [0, 2, 0x61]), version) == .malformedPacket)
    for bad in UTF8Samples.illFormed {
      #expect(fault(packet(0xA2, two(1), none, field(bad)), version) == .malformedPacket)
    }
  }

  @Test func `user properties are all that it may have`() {
    for id in UInt8.min...UInt8.max where id != 0x26 {
      #expect(fault(packet(0xA2, two(1), properties([id, 0, 0, 0, 0]), text("a")), .v5) == .malformedPacket)
    }
  }

  @Test(arguments: ProtocolVersion.allCases)
  func `the number of filters is bounded`(version: ProtocolVersion) throws {
    let max = DecodingLimits.filtersMax
    let none: [UInt8] = version == .v5 ? [0] : []
    func bytes(_ count: Int) -> [UInt8] {
      packet(0xA2, two(1), none, Array([[UInt8]](repeating: text("a"), count: count).joined()))
    }
    #expect(try decode(bytes(max), version).filters.count == max)
    #expect(fault(bytes(max + 1), version) == .quotaExceeded)
  }
}
