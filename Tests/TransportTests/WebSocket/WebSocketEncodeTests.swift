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

  @Test
  func `a close frame holds its code or nothing`() {
    #expect(WebSocketFrames.closeFrame(code: 1009) == [0x88, 2, 0x03, 0xF1])
    #expect(WebSocketFrames.closeFrame(code: nil) == [0x88, 0])
  }
}
