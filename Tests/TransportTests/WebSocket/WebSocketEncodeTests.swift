import Testing

@testable import Transport

@Suite struct WebSocketEncodeTests {
  private func header(_ payloadCount: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: WebSocketFrames.headerBytesMax)
    let count = bytes.withUnsafeMutableBufferPointer { WebSocketFrames.header(payloadCount: payloadCount, into: $0) }
    #expect(count == WebSocketFrames.headerCount(payloadCount: payloadCount))
    #expect(bytes[count...].allSatisfy { $0 == 0xEE })
    return Array(bytes[..<count])
  }

  @Test
  func `a server's frame is final, binary, not masked and says its length in the fewest bytes`() {
    #expect(header(0) == [0x82, 0])
    #expect(header(125) == [0x82, 125])
    #expect(header(126) == [0x82, 126, 0, 126])
    #expect(header(0x1234) == [0x82, 126, 0x12, 0x34])
    #expect(header(0xFFFF) == [0x82, 126, 0xFF, 0xFF])
    #expect(header(0x1_0000) == [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0])
    #expect(header(0x0102_0304_0506) == [0x82, 127, 0, 0, 1, 2, 3, 4, 5, 6])
  }

  /// What Sluice makes of `packets` in its output.
  private func framed(_ packets: [UInt8]) -> [UInt8] {
    let count = packets.withUnsafeBytes { WebSocketFrames.headersCount(packets: $0) }
    var bytes = [UInt8](repeating: 0xEE, count: count) + packets
    bytes.withUnsafeMutableBytes { WebSocketFrames.frame($0, headersCount: count) }
    return bytes
  }

  @Test
  func `each packet is a frame of its own`() {
    #expect(framed([]) == [])
    var random = SeededRandom(seed: 3)
    for round in 0..<200 {
      var packets: [UInt8] = []
      var expected: [UInt8] = []
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        let sizes = [0, 1, 121, 122, 123, 124, 125, 126, 127, 128, 16_383, 16_384, 65_531, 65_532, 65_533, 70_000]
        let bytesMax = round % 10 == 0 ? sizes.count : 10
        let body = [UInt8](repeating: UInt8(round), count: sizes[Int.random(in: 0..<bytesMax, using: &random)])
        let packet = Packet(0x30, body).bytes
        packets += packet
        expected += header(packet.count) + packet
      }
      #expect(framed(packets) == expected)
    }
  }

  @Test
  func `what is no whole packet is framed as it is`() {
    for rest: [UInt8] in [[0x30], [0x30, 0x80], [0x30, 5, 1, 2], [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]] {
      #expect(framed([0xD0, 0] + rest) == [0x82, 2, 0xD0, 0, 0x82, UInt8(rest.count)] + rest)
    }
  }

  @Test
  func `a close frame holds its code or nothing`() {
    #expect(WebSocketFrames.closeFrame(code: 1009) == [0x88, 2, 0x03, 0xF1])
    #expect(WebSocketFrames.closeFrame(code: nil) == [0x88, 0])
  }
}
