import MQTTCodec
import Testing

/// MQTT 5.0 section 2.1, MQTT 3.1.1 section 2.2.
struct FixedHeaderTests {
  private func read(_ bytes: [UInt8], at offset: Int = 0, max: Int = 1000, version: ProtocolVersion? = nil)
    -> FrameResult
  {
    FixedHeader.read(bytes.span, at: offset, packetBytesMax: max, version: version)
  }

  private func needed(_ bytes: [UInt8], max: Int = 1 << 29) -> Int? {
    if case .incomplete(let needed) = read(bytes, max: max) { needed } else { nil }
  }

  private func reason(_ bytes: [UInt8], max: Int = 1 << 28, version: ProtocolVersion? = nil) -> ReasonCode? {
    if case .malformed(let fault) = read(bytes, max: max, version: version) { fault.reason } else { nil }
  }

  @Test func `a whole packet is found at its offset`() throws {
    let bytes: [UInt8] = [0xFF, 0xFF] + packet(0x3D, [UInt8](repeating: 7, count: 200)) + [0xFF]
    guard case .frame(let header) = read(bytes, at: 2) else {
      Issue.record("no packet")
      return
    }
    #expect(header.type == .publish)
    #expect(header.flags == 0x0D)
    #expect(header.start == 2)
    #expect(header.body == 5..<205)
    #expect(header.packetBytes == 203)
  }

  @Test func `missing bytes are asked for as exactly as they are known`() {
    #expect(needed([]) == 2)
    #expect(needed([0x30]) == 2)
    #expect(needed([0x30, 0x80]) == 3)
    #expect(needed([0x30, 0x80, 0x80]) == 4)
    #expect(needed([0x30, 0x80, 0x80, 0x80]) == 5)
    #expect(needed([0x30, 0xC8, 0x01]) == 203)
    #expect(needed([0x30, 5, 1, 2, 3, 4]) == 7)
    #expect(needed([0x30, 0xFF, 0xFF, 0xFF, 0x7F]) == 268_435_460)
  }

  @Test func `a length of five bytes is malformed before its fifth byte came`() {
    #expect(reason(hex("10 80 80 80 80")) == .malformedPacket)
    #expect(reason(hex("10 80 80 80 80 01")) == .malformedPacket)
    #expect(reason(hex("30 FF FF FF FF")) == .malformedPacket)
  }

  @Test func `a packet that declares too much is refused as soon as its header is there`() {
    #expect(reason(hex("30 FF FF FF 7F"), max: 268_435_459) == .packetTooLarge)
    #expect(needed(hex("30 FF FF FF 7F"), max: 268_435_460) == 268_435_460)
    #expect(reason([0x10, 9], max: 10) == .packetTooLarge)
    #expect(needed([0x10, 8], max: 10) == 10)
  }

  @Test func `the reserved type 0 is malformed with its first byte`() {
    for flags in UInt8(0)...15 { #expect(reason([flags]) == .malformedPacket) }
  }

  @Test(arguments: PacketType.allCases)
  func `only the flags that the specification gives a type are taken`(type: PacketType) {
    for flags in UInt8(0)...15 {
      let isValid =
        switch type {
        case .publish: true  // QoS, DUP and RETAIN are judged with the packet.
        case .pubrel, .subscribe, .unsubscribe: flags == 2
        default: flags == 0
        }
      for version in [nil, ProtocolVersion.v3_1_1, .v5] {
        #expect((reason([type.rawValue << 4 | flags], version: version) == nil) == isValid, "flags \(flags)")
      }
    }
  }

  @Test func `3.1 may set DUP when it sends PUBREL, SUBSCRIBE and UNSUBSCRIBE again`() {
    for first in [UInt8(0x6A), 0x8A, 0xAA] {
      #expect(reason([first], version: .v3_1) == nil)
      #expect(reason([first], version: .v3_1_1) == .malformedPacket)
      #expect(reason([first], version: .v5) == .malformedPacket)
    }
    #expect(reason([0x4A], version: .v3_1) == .malformedPacket)
  }

  @Test func `a length with needless bytes is malformed in 5.0 and accepted before`() throws {
    for bytes in [hex("30 85 00 00 01 61 00 62"), hex("30 85 80 00 00 01 61 00 62")] {
      #expect(reason(bytes, version: .v5) == .malformedPacket)
      #expect(fault(bytes, .v3_1_1) == nil)
    }
    let connect = ClientConnect().bytes
    #expect(fault([0x10, connect[1] | 0x80, 0] + connect[2...], .v5) == .malformedPacket)
    let old = ClientConnect(version: .v3_1_1).bytes
    #expect(fault([0x10, old[1] | 0x80, 0] + old[2...], .v3_1_1) == nil)
  }

  @Test func `a fault says what was wrong, and the same fault is equal`() {
    func reading(_ bytes: [UInt8]) -> ProtocolFault? {
      if case .malformed(let fault) = read(bytes) { fault } else { nil }
    }
    #expect(reading([0x00])?.description == "packet type 0 is reserved")
    #expect(reading([0x00]) == reading([0x05]))
    #expect(reading([0x00]) != reading([0x41]))
    #expect(reading([0x00]) != nil)
  }

  @Test func `a PINGREQ has no body`() {
    #expect(fault(hex("C0 00"), .v3_1_1) == nil)
    #expect(reason(hex("C0 01")) == .malformedPacket)
    #expect(reason(hex("C0 80 00")) == .malformedPacket)
  }

  @Test(arguments: Samples.all.indices)
  func `each beginning of a packet asks for more, never for too much, and is the packet only at the end`(sample: Int) {
    let (version, bytes) = Samples.all[sample]
    for count in bytes.indices {
      switch read(Array(bytes[..<count]), version: version) {
      case .incomplete(let needed): #expect(needed > count && needed <= max(bytes.count, 2))
      case .frame, .malformed: Issue.record("\(count) of \(bytes.count) bytes are no packet")
      }
    }
    guard case .frame(let header) = read(bytes + [0xFF], version: version) else {
      Issue.record("no packet")
      return
    }
    #expect(header.body.upperBound == bytes.count)
  }
}
