import MQTTCodec
import Testing

/// Packets that have broken brokers, and what no decoder may do with any bytes.
struct HostileInputTests {
  @Test func `CVE-2017-7651: a packet that claims 256 MB is refused with its fifth byte`() {
    let first = FixedHeader.read(hex("30 FF FF FF 7F").span, at: 0, packetBytesMax: 1 << 20)
    guard case .malformed(let fault) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(fault.reason == .packetTooLarge)
  }

  @Test(arguments: [
    "10 80 80 80 80 01", "10 0d 00 04 4d515454 04 06 003c 0001 70", "10 0d 00 04 4d515454 04 82 003c 0001 70",
    "10 1a 00 04 4d515454 05 06 003c 00 0001 63 05 11 00000003 0001 74 0001 6d",
    "10 1a 00 04 4d515454 05 06 003c 00 0001 63 05 21 0000 0003 0001 74 0001 6d", "29 02 00 01 e0 00",
  ])
  func `CVE-2017-7654, CVE-2021-34431, CVE-2023-3592: each of these is refused, 100,000 times`(digits: String) {
    let bytes = hex(digits)
    #expect(fault(bytes, .v5) != nil)
    for _ in 0..<100_000 where fault(bytes, .v5) == nil { Issue.record("accepted") }
  }

  @Test func `CVE-2021-28166: CONNACK with stray flags is malformed, and a clean one is known as a server's packet`()
    throws
  {
    #expect(fault(hex("29 02 00 01 e0 00"), .v3_1_1) == .malformedPacket)
    for (digits, type) in [("20 02 00 00", PacketType.connack), ("90 03 00 01 00", .suback), ("D0 00", .pingresp)] {
      guard case .fromServer(type) = try decode(hex(digits), .v3_1_1) else {
        Issue.record("\(digits)")
        continue
      }
    }
  }

  @Test func `nanomq 2268: a SUBSCRIBE that ends after its filter is malformed`() {
    #expect(fault(hex("82 07 00 01 00 03 61 2f 62"), .v3_1_1) == .malformedPacket)
    #expect(fault(hex("82 08 00 01 00 00 03 61 2f 62"), .v5) == .malformedPacket)
  }

  @Test func `CVE-2021-34432: a PUBLISH with neither topic nor alias is refused`() {
    #expect(fault(hex("30 03 00 00 78"), .v3_1_1) == .protocolError)
    #expect(fault(hex("30 03 00 00 00"), .v5) == .protocolError)
  }

  @Test func `CVE-2026-25627: a field that claims more than its packet never reads what follows`() {
    #expect(fault(hex("30 02 00 40 61 61 61 61"), .v3_1_1) == .malformedPacket)
  }

  @Test func `CVE-2019-11779: 65,500 slashes are a value whose depth can be refused`() throws {
    let deep = [UInt8](repeating: 0x2F, count: 65_500)
    let bytes = packet(0x82, two(1), field(deep), [0])
    guard case .subscribe(let subscribe) = try decode(bytes, .v3_1_1) else { return }
    let filter = try #require(TopicFilter(bytes[subscribe.requests[0].filter]))
    #expect(filter.levelCount == 65_501)
  }

  @Test func `VerneMQ: a SUBSCRIBE with 10,000 filters exceeds the quota`() {
    let many = Array([[UInt8]](repeating: text("a/b") + [0], count: 10_000).joined())
    #expect(fault(packet(0x82, two(1), many), .v3_1_1) == .quotaExceeded)
  }

  @Test(arguments: Samples.all.indices)
  func `each sample is valid, and its body cut short at each length stays inside`(sample: Int) throws {
    let (version, bytes) = Samples.all[sample]
    let whole = try header(bytes, version)
    #expect(fault(bytes, version) == nil)
    for count in 0..<whole.body.count {
      let short = packet(bytes[0], Array(bytes[whole.body].prefix(count)))
      check(short, version, "\(count) of \(whole.body.count)")
    }
  }

  @Test(arguments: [1, UInt64.random(in: 2...UInt64.max)])
  func `random bytes neither trap a decoder nor lead it outside`(seed: UInt64) {
    // Said before, because a trap leaves no time to say it.
    print("random bytes: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var taken = 0
    for _ in 0..<60_000 {
      let version = ProtocolVersion.allCases.randomElement(using: &random) ?? .v5
      let bytes = Bool.random(using: &random) ? noise(&random) : mutatedSample(&random)
      taken += check(bytes, version, "seed \(seed)") ? 1 : 0
    }
    #expect(taken > 1_000, "seed \(seed)")
  }

  /// A packet of noise with a right length, so that it reaches the decoder.
  private func noise(_ random: inout SeededGenerator) -> [UInt8] {
    let flags: [UInt8] = [0x10, 0x30, 0x32, 0x3B, 0x40, 0x50, 0x62, 0x70, 0x82, 0xA2, 0xE0, 0xF0]
    let first = flags.randomElement(using: &random) ?? 0x30
    let isSmall = Bool.random(using: &random)
    return packet(
      first,
      (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...(isSmall ? 5 : 255), using: &random)
      })
  }

  /// A valid packet with some bytes changed, put in or taken out.
  private func mutatedSample(_ random: inout SeededGenerator) -> [UInt8] {
    let (version, bytes) = Samples.all.randomElement(using: &random) ?? Samples.all[0]
    guard let whole = try? header(bytes, version) else { return bytes }
    var body = Array(bytes[whole.body])
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let place = Int.random(in: 0...body.count, using: &random)
      switch Int.random(in: 0...2, using: &random) {
      case 0 where place < body.count: body[place] = UInt8.random(in: 0...255, using: &random)
      case 1 where place < body.count: body.remove(at: place)
      default: body.insert(UInt8.random(in: 0...255, using: &random), at: place)
      }
    }
    return packet(bytes[0], body)
  }

  /// Decodes `bytes` between two different surroundings: the result must be the same, and lie inside the packet.
  @discardableResult
  private func check(_ bytes: [UInt8], _ version: ProtocolVersion, _ comment: Comment) -> Bool {
    let results = [UInt8(0x00), 0xFF].map { filler in
      outcome(
        .init(repeating: filler, count: 9) + bytes + .init(repeating: filler, count: 70), at: 9, bytes.count, version)
    }
    #expect(results[0] == results[1], comment)
    #expect(results[0] != "outside", comment)
    return results[0].hasPrefix("[")
  }

  private func outcome(_ bytes: [UInt8], at offset: Int, _ count: Int, _ version: ProtocolVersion) -> String {
    do throws(ProtocolFault) {
      switch FixedHeader.read(bytes.span, at: offset, packetBytesMax: 1 << 28, version: version) {
      case .incomplete: return "incomplete"
      case .malformed(let fault): throw fault
      case .frame(let header):
        guard header.body.upperBound == offset + count else { return "outside" }
        let ranges = try ClientPacket(bytes.span, header, version).ranges
        let isInside = ranges.allSatisfy { header.body.lowerBound <= $0.lowerBound && $0.upperBound <= offset + count }
        return isInside ? "\(ranges)" : "outside"
      }
    } catch {
      return "\(error.reason) \(error)"
    }
  }
}
