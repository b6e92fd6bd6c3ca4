import Testing

@testable import Transport

@Suite struct WebSocketFramesTests {
  private static let hello = Array("Hello".utf8)

  // MARK: examples and rules

  @Test
  func `the masked frame of RFC 6455 section 5.7 is read`() {
    let reader = FrameReader.read([0x82, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    #expect(reader.payload == Self.hello && reader.close == nil && reader.replies.isEmpty)
  }

  @Test
  func `fragments are one run of bytes, with control frames between them`() {
    let reader = FrameReader.read([
      .binary([1, 2], isFinal: false), .ping([7]), .continuation([3], isFinal: false), ClientFrame(opcode: 10),
      .continuation([], isFinal: false), .ping([]), .continuation([4, 5], isFinal: true), .binary([6]),
    ])
    #expect(reader.payload == [1, 2, 3, 4, 5, 6])
    #expect(reader.replies == [0x8A, 1, 7, 0x8A, 0])
    #expect(reader.close == nil)
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let code: UInt16
    let bytes: [UInt8]
    var testDescription: String { name }

    init(_ name: String, _ code: UInt16, _ frames: ClientFrame...) {
      self.name = name
      self.code = code
      bytes = frames.flatMap(\.bytes)
    }
  }

  static let faults: [Fault] =
    [
      Fault("unmasked", 1002, ClientFrame(mask: nil, payload: [1])),
      Fault("an unmasked ping", 1002, ClientFrame(opcode: 9, mask: nil)),
      Fault("text", 1003, ClientFrame(opcode: 1, payload: hello)),
      Fault("an empty text", 1003, ClientFrame(opcode: 1)),
      Fault("text in fragments", 1003, ClientFrame(opcode: 1, isFinal: false)),
      Fault("text within a message", 1002, .binary([1], isFinal: false), ClientFrame(opcode: 1)),
      Fault("a message within a message", 1002, .binary([1], isFinal: false), .binary([2])),
      Fault("a continuation of nothing", 1002, .continuation([1], isFinal: true)),
      Fault("an open continuation of nothing", 1002, .continuation([1], isFinal: false)),
      Fault(
        "a continuation of what has ended", 1002, .binary([1], isFinal: false), .continuation([2], isFinal: true),
        .continuation([3], isFinal: true)),
      Fault("a control frame of 126 bytes", 1002, .ping([UInt8](repeating: 0, count: 126))),
      Fault("a close frame of 126 bytes", 1002, .close(code: 1000, [UInt8](repeating: 97, count: 124))),
      Fault("a control frame with a long length", 1002, ClientFrame(opcode: 9, lengthBytes: 2)),
      Fault("a ping in fragments", 1002, ClientFrame(opcode: 9, isFinal: false)),
      Fault("a pong in fragments", 1002, ClientFrame(opcode: 10, isFinal: false)),
      Fault("a close in fragments", 1002, ClientFrame(opcode: 8, isFinal: false)),
      Fault("RSV1", 1002, ClientFrame(reserved: 4)), Fault("RSV2", 1002, ClientFrame(reserved: 2)),
      Fault("RSV3", 1002, ClientFrame(reserved: 1)), Fault("RSV1 of a ping", 1002, ClientFrame(opcode: 9, reserved: 4)),
      Fault("125 bytes in two bytes of length", 1002, ClientFrame(lengthBytes: 2, statedLength: 125)),
      Fault("no bytes in two bytes of length", 1002, ClientFrame(lengthBytes: 2)),
      Fault("65,535 bytes in eight bytes of length", 1002, ClientFrame(lengthBytes: 8, statedLength: 0xFFFF)),
      Fault("no bytes in eight bytes of length", 1002, ClientFrame(lengthBytes: 8)),
      Fault("the highest bit of a length", 1002, ClientFrame(lengthBytes: 8, statedLength: 1 << 63)),
      Fault("all bits of a length", 1002, ClientFrame(lengthBytes: 8, statedLength: .max)),
      Fault("the largest length", 1009, ClientFrame(lengthBytes: 8, statedLength: .max >> 1)),
      Fault("half a close code", 1002, .close([3])),
      Fault("a reason that is not UTF-8", 1007, .close(code: 1000, [0xC0, 0xAF])),
      Fault("a reason with half a character", 1007, .close(code: 1000, [0x61, 0xE2, 0x82])),
      Fault("a reason with a surrogate", 1007, .close(code: 1000, [0xED, 0xA0, 0x80])),
    ]
    + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { Fault("opcode \($0)", 1002, ClientFrame(opcode: $0)) }
    + [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map {
      Fault("close code \($0)", 1002, .close(code: $0))
    }

  @Test(arguments: faults)
  func `a fault ends the connection with its code, and what came before it counts`(fault: Fault) {
    let bytes = ClientFrame.binary([9, 8]).bytes + fault.bytes + ClientFrame.binary([7]).bytes
    let whole = FrameReader.read(bytes)
    #expect(whole.close?.code == fault.code && whole.close?.fault != nil)
    #expect(whole.payload.starts(with: [9, 8]) && !whole.payload.contains(7))
    for cut in 0...bytes.count { #expect(FrameReader.read(bytes, cuts: [cut]).outcome == whole.outcome) }
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  func `a close frame is answered with its code`(code: Int) {
    let reader = FrameReader.read([.close(code: UInt16(code), Array("ende \u{20AC}\0".utf8)), .ping([1])])
    #expect(reader.close == WebSocketClose(code: UInt16(code), fault: nil) && reader.replies.isEmpty)
  }

  @Test
  func `a close frame without a code is answered without one, also within a message`() {
    let reader = FrameReader.read([.binary([1], isFinal: false), .close([]), .continuation([2], isFinal: true)])
    #expect(reader.close == WebSocketClose(code: nil, fault: nil) && reader.payload == [1])
  }

  @Test
  func `after the end everything is ignored`() {
    var reader = FrameReader.read([.close(code: 1000)])
    reader.receive(ClientFrame.binary([1]).bytes + ClientFrame.ping([2]).bytes + [0xFF])
    #expect(reader.payload.isEmpty && reader.replies.isEmpty)
    #expect(reader.close == WebSocketClose(code: 1000, fault: nil))
  }

  // MARK: sizes

  @Test(arguments: [0, 1, 7, 8, 31, 125, 126, 127, 128, 65535, 65536, 70000])
  func `a frame of any size is read, however its bytes arrive`(size: Int) {
    var random = RandomNumbers(seed: UInt64(size))
    let payload = random.bytes(size)
    let bytes = ClientFrame.binary(payload).bytes + ClientFrame.ping([1]).bytes
    for piece in [1, 3, 5, 13, 4096, bytes.count] {
      let reader = FrameReader.read(bytes, cuts: Array(stride(from: piece, to: bytes.count, by: piece)))
      #expect(reader.payload == payload && reader.replies == [0x8A, 1, 1] && reader.close == nil)
    }
  }

  @Test
  func `a ping of each size is answered with the same bytes`() {
    var random = RandomNumbers(seed: 1)
    for size in 0...125 {
      let payload = random.bytes(size)
      let bytes = ClientFrame.ping(payload).bytes
      for cut in [0, 1, 5, bytes.count / 2] {
        #expect(FrameReader.read(bytes, cuts: [cut]).replies == [0x8A, UInt8(size)] + payload)
      }
    }
  }

  @Test
  func `a message may have as many bytes as the limit says, whole or in fragments`() {
    let ten = [UInt8](repeating: 1, count: 10)
    let fragments: [ClientFrame] = [
      .binary([1, 2, 3], isFinal: false), .continuation([4, 5, 6], isFinal: false),
      .continuation([7, 8, 9, 10], isFinal: true), .binary(ten),
    ]
    #expect(FrameReader.read(fragments, messageBytesMax: 10).payload.count == 20)
    #expect(FrameReader.read(fragments, messageBytesMax: 10).close == nil)
    let tooMuch = FrameReader.read(fragments, messageBytesMax: 9)
    #expect(tooMuch.close?.code == 1009 && tooMuch.payload == [1, 2, 3, 4, 5, 6])
    #expect(FrameReader.read([.binary(ten)], messageBytesMax: 9).close?.code == 1009)
    // Known from the header alone.
    let header = ClientFrame(lengthBytes: 8, statedLength: 1 << 40).bytes.dropLast(4)
    #expect(FrameReader.read(Array(header), messageBytesMax: 1 << 30).close?.code == 1009)
  }

  // MARK: splits, masks, randomness

  @Test
  func `a conversation is read the same, cut at any two places`() {
    let bytes = [
      .binary([1, 2, 3], isFinal: false), .ping([4, 5]), .continuation([], isFinal: false),
      .continuation([UInt8](6...20), isFinal: true), .binary([UInt8](repeating: 21, count: 130)),
      .close(code: 1001, [65]),
    ].flatMap(\ClientFrame.bytes)
    let whole = FrameReader.read(bytes)
    #expect(whole.payload.count == 148 && whole.close?.code == 1001)
    #expect(FrameReader.read(bytes, cuts: Array(1..<bytes.count)).outcome == whole.outcome)
    for first in 0...bytes.count {
      for second in stride(from: first, through: bytes.count, by: 7) {
        #expect(FrameReader.read(bytes, cuts: [first, second]).outcome == whole.outcome)
      }
    }
  }

  @Test
  func `unmasking is right for each count, distance and turn of the mask`() {
    var random = RandomNumbers(seed: 3)
    for count in 0...80 {
      for distance in [0, 1, 2, 5, 6, 8, 14, 31] {
        let key = random.bytes(4)
        let plain = random.bytes(count)
        var buffer = random.bytes(distance) + plain.enumerated().map { $1 ^ key[$0 % 4] }
        let after = [0x55, 0xAA] as [UInt8]
        buffer += after
        let mask = key.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let turned = buffer.withUnsafeMutableBufferPointer { bytes in
          bytes.baseAddress.map { WebSocketMask.move($0 + distance, to: $0, count: count, mask: mask) }
        }
        #expect(Array(buffer.prefix(count)) == plain && Array(buffer.suffix(2)) == after)
        for place in 0..<4 {
          #expect(UInt8(truncatingIfNeeded: (turned ?? 0) >> (8 * UInt32(place))) == key[(count + place) % 4])
        }
      }
    }
  }

  @Test
  func `random conversations in random pieces are read as they were meant`() {
    var random = RandomNumbers(seed: 4)
    for _ in 0..<300 {
      var sent: [UInt8] = []
      var expected: [UInt8] = []
      var pongs: [UInt8] = []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let fragments = Int.random(in: 1...4, using: &random)
        for fragment in 0..<fragments {
          let payload = random.bytes(Int.random(in: 0...300, using: &random))
          expected += payload
          sent +=
            ClientFrame(
              opcode: fragment == 0 ? 2 : 0, isFinal: fragment == fragments - 1, mask: random.bytes(4), payload: payload
            ).bytes
          if Bool.random(using: &random) {
            let ping = random.bytes(Int.random(in: 0...125, using: &random))
            sent += ClientFrame(opcode: 9, mask: random.bytes(4), payload: ping).bytes
            pongs += [0x8A, UInt8(ping.count)] + ping
          }
        }
      }
      let cuts = (0..<Int.random(in: 0...9, using: &random)).map { _ in Int.random(in: 0...sent.count, using: &random) }
      let reader = FrameReader.read(sent, cuts: cuts.sorted())
      #expect(reader.payload == expected && reader.replies == pongs && reader.close == nil)
    }
  }

  @Test
  func `random bytes end or go on, but the same way however they are cut, with no more answered than was sent`() {
    var random = RandomNumbers(seed: 5)
    var faults = 0
    for round in 0..<20_000 {
      var bytes = random.bytes(Int.random(in: 1...60, using: &random))
      // Half of them get past the first two bytes.
      if round % 2 == 0, bytes.count > 1 {
        bytes[0] = [0x82, 0x02, 0x89, 0x88, 0x8A].randomElement(using: &random) ?? 0
        bytes[1] = 0x80 | (bytes[1] & 0x1F)
      }
      let whole = FrameReader.read(bytes)
      let cut = Int.random(in: 0...bytes.count, using: &random)
      #expect(FrameReader.read(bytes, cuts: [cut]).outcome == whole.outcome)
      #expect(whole.payload.count + whole.replies.count <= bytes.count)
      if whole.close?.fault != nil { faults += 1 }
    }
    #expect(faults > 10_000 && faults < 20_000)
  }

  @Test
  func `a connection between frames holds little`() {
    #expect(MemoryLayout<WebSocketFrames>.size <= 96)
  }
}
