import MQTTCodec
import Testing

/// MQTT 5.0 sections 3.4 to 3.7.
struct AcknowledgementPacketTests {
  static let types: [(PacketType, UInt8)] = [(.puback, 0x40), (.pubrec, 0x50), (.pubrel, 0x62), (.pubcomp, 0x70)]

  private func decode(_ bytes: [UInt8], _ version: ProtocolVersion) throws(ProtocolFault) -> AcknowledgementPacket {
    try AcknowledgementPacket.decode(bytes.span, try header(bytes, version), version)
  }

  @Test(arguments: types)
  func `two bytes are success in all versions`(type: PacketType, first: UInt8) throws {
    for version in ProtocolVersion.allCases {
      let decoded = try decode(packet(first, two(0xABCD)), version)
      #expect(decoded.type == type)
      #expect(decoded.packetID == 0xABCD)
      #expect(decoded.reason == .success)
    }
  }

  @Test(arguments: types)
  func `packet identifier 0 and another length are faults`(type: PacketType, first: UInt8) {
    for version in ProtocolVersion.allCases {
      #expect(fault(packet(first, two(0)), version) == .protocolError)
      #expect(fault(packet(first), version) == .malformedPacket)
      #expect(fault(packet(first, [1]), version) == .malformedPacket)
    }
    for version in [ProtocolVersion.v3_1, .v3_1_1] {
      #expect(fault(packet(first, two(1), [0]), version) == .malformedPacket)
      #expect(fault(packet(first, two(1), [0, 0]), version) == .malformedPacket)
    }
    #expect(fault(packet(first, two(1), [0, 0, 0]), .v5) == .malformedPacket)
    #expect(fault(packet(first, two(1), [0, 1]), .v5) == .malformedPacket)
  }

  @Test(arguments: types)
  func `only the reason codes that the type has are taken`(type: PacketType, first: UInt8) throws {
    let allowed: Set<UInt8> =
      switch type {
      case .puback, .pubrec: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
      default: [0, 0x92]
      }
    for code in UInt8.min...UInt8.max {
      for tail in [[], [0]] as [[UInt8]] {
        let bytes = packet(first, two(1), [code], tail)
        if allowed.contains(code) {
          #expect(try decode(bytes, .v5).reason.rawValue == code)
        } else {
          #expect(fault(bytes, .v5) == .protocolError, "\(code)")
        }
      }
    }
  }

  @Test(arguments: types)
  func `a reason string once and user properties are all that may follow`(type: PacketType, first: UInt8) {
    let string = [0x1F] + text("why")
    func fault(_ list: [UInt8]...) -> ReasonCode? {
      MQTTCodecTests.fault(packet(first, two(1), [0], properties(Array(list.joined()))), .v5)
    }
    #expect(fault(string, userProperty("a", "b"), userProperty("a", "b")) == nil)
    #expect(fault(string, string) == .protocolError)
    for bad in UTF8Samples.illFormed {
      #expect(fault([0x1F] + field(bad)) == .malformedPacket)
      #expect(fault([0x26] + text("a") + field(bad)) == .malformedPacket)
    }
    for id in UInt8.min...UInt8.max where id != 0x1F && id != 0x26 {
      #expect(fault([id, 0, 0, 0, 0]) == .malformedPacket)
    }
  }
}
