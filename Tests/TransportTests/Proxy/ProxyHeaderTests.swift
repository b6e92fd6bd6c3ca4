import EventLoop
import Testing

@testable import Transport

@Suite struct ProxyHeaderTests {
  private static func parse(_ bytes: [UInt8]) -> ProxyHeaderResult {
    bytes.withUnsafeBufferPointer { ProxyHeader.parse($0) }
  }

  private static func parse(_ text: String) -> ProxyHeaderResult { parse(Array(text.utf8)) }

  private static func isMalformed(_ result: ProxyHeaderResult) -> Bool {
    if case .malformed(let reason) = result { return !reason.isEmpty }
    return false
  }

  private static let v4 = [UInt8]([192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 0x04, 0x22, 0xB3])
  private static let v6: [UInt8] =
    [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]
    + [UInt8](repeating: 0, count: 15) + [1, 0xDC, 0x04, 0x22, 0xB3]

  private static func header(
    command: UInt8 = 0x21, family: UInt8 = 0x11, _ body: [UInt8] = v4, length: Int? = nil
  ) -> [UInt8] {
    let length = length ?? body.count
    return Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + body
  }

  @Test(arguments: [
    ("PROXY TCP4 192.0.2.7 198.51.100.1 56324 8883\r\n", "192.0.2.7:56324"),
    ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"),
    ("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0"),
    ("PROXY TCP6 2001:db8::7 ::1 56324 8883\r\n", "[2001:db8::7]:56324"),
    ("PROXY TCP6 2001:DB8:0:0:0:0:0:7 ::1 56324 8883\r\n", "[2001:db8::7]:56324"),
    (
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
    ),
  ])
  func `a line names the client`(line: String, source: String) {
    #expect(line.utf8.count <= ProxyHeader.version1BytesMax)
    let expected = ProxyHeaderResult.found(source: SocketAddress(source), usedBytes: line.utf8.count)
    #expect(SocketAddress(source) != nil)
    #expect(Self.parse(line) == expected)
    #expect(Self.parse(line + "\u{10}\u{C}\0\u{4}MQTT") == expected)
    for cut in 0..<line.utf8.count { #expect(Self.parse(Array(line.utf8.prefix(cut))) == .incomplete) }
  }

  @Test
  func `a line of an unknown client leaves the socket's address`() {
    for line in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff:f...f:ffff whatever  65535\r\n"] {
      #expect(Self.parse(line) == .found(source: nil, usedBytes: line.utf8.count))
    }
    let longest = "PROXY UNKNOWN " + String(repeating: "a", count: 107 - 16) + "\r\n"
    #expect(Self.parse(longest) == .found(source: nil, usedBytes: 107))
    #expect(Self.isMalformed(Self.parse("PROXY UNKNOWN a" + longest.dropFirst(14))))
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n", "\u{10}", "PROXZ", "proxy TCP4 ", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY \r\n",
    "PROXY\r\n",
    "PROXY TCP4\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n", "PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n",
    "PROXY TCP4 1.2.3.4\t1.2.3.4 1 1\r\n",
    "PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n", "PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n",
    "PROXY TCP4 1.2.3.4 host 1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 +1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 x\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 99999999999999999999 1\r\n", "PROXY TCP4 ::1 ::1 1 1\r\n",
    "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY TCP6 fe80::1%lo ::1 1 1\r\n", "PROXY TCP6 [::1] ::1 1 1\r\n",
    "PROXY TCP6 ::1::1 ::1 1 1\r\n", "PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY unknown\r\n", "PROXY UNKNOWNX\r\n",
    "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rX", "PROXY TCP4 1.2.3.4\0 1.2.3.4 1 1\r\n",
  ])
  func `a line that is not as it should be is refused`(line: String) {
    #expect(Self.isMalformed(Self.parse(line)))
  }

  @Test
  func `a line without an end is refused at 107 bytes`() {
    #expect(Self.parse("PROXY UNKNOWN" + String(repeating: " ", count: 93)) == .incomplete)
    #expect(Self.isMalformed(Self.parse("PROXY UNKNOWN" + String(repeating: " ", count: 94))))
  }

  @Test
  func `a binary header names the client, whatever extensions follow`() {
    let extensions: [UInt8] = [4, 0, 0, 0xEA, 0, 3, 1, 2, 3, 0x20, 0, 5, 1, 0, 0, 0, 0]
    let long = [4, 0x0F, 0x00] + [UInt8](repeating: 1, count: 0x0F00)
    for (family, body, source) in [
      (UInt8(0x11), Self.v4, "192.0.2.7:56324"), (0x21, Self.v6, "[2001:db8::7]:56324"),
    ] {
      for tail in [[], extensions, long] {
        let bytes = Self.header(family: family, body + tail)
        let expected = ProxyHeaderResult.found(source: SocketAddress(source), usedBytes: bytes.count)
        #expect(SocketAddress(source) != nil)
        #expect(Self.parse(bytes) == expected)
        #expect(Self.parse(bytes + [0x10, 0x0C]) == expected)
        for cut in 0..<bytes.count { #expect(Self.parse(Array(bytes[..<cut])) == .incomplete) }
      }
    }
  }

  @Test
  func `a binary header that is the proxy's own, or says no family, leaves the socket's address`() {
    for bytes in [
      Self.header(command: 0x20, family: 0, []), Self.header(command: 0x20),
      Self.header(command: 0x20, family: 0x31, [1]),
      Self.header(command: 0x20, family: 0xFF, [1, 2]), Self.header(family: 0, []),
      Self.header(family: 0, [9, 9, 9, 9]),
      // Datagrams and UNIX sockets, which a receiver need not know but must not refuse.
      Self.header(family: 0x12), Self.header(family: 0x22, Self.v6),
      Self.header(family: 0x31, [UInt8](repeating: 0, count: 216)),
      Self.header(family: 0x32, [UInt8](repeating: 0, count: 216)),
    ] {
      #expect(Self.parse(bytes) == .found(source: nil, usedBytes: bytes.count))
      for cut in 0..<bytes.count { #expect(Self.parse(Array(bytes[..<cut])) == .incomplete) }
    }
  }

  @Test
  func `a binary header that is not as it should be is refused`() {
    for command: UInt8 in [0x00, 0x10, 0x11, 0x22, 0x2F, 0x31, 0xFF] {
      #expect(Self.isMalformed(Self.parse(Self.header(command: command))))
    }
    for family: UInt8 in [0x01, 0x10, 0x13, 0x20, 0x23, 0x30, 0x33, 0x41, 0xFF] {
      let body = [UInt8](repeating: 0, count: 216)
      #expect(Self.isMalformed(Self.parse(Self.header(family: family, body))))
    }
    for bytes in [
      Self.header([]), Self.header(Array(Self.v4.dropLast())), Self.header(family: 0x21, Self.v4),
      Self.header(family: 0x21, Array(Self.v6.dropLast())), Self.header(Self.v4 + [1]), Self.header(Self.v4 + [1, 0]),
      Self.header(Self.v4 + [1, 0, 1]), Self.header(Self.v4 + [1, 0xFF, 0xFF, 1]), Self.header(length: 4081),
      Self.header(length: 0xFFFF), Self.header(command: 0x20, length: 0xFFFF), Array("\r\n\r\n\0\r\nQUIX".utf8),
    ] {
      #expect(Self.isMalformed(Self.parse(bytes)))
    }
    #expect(Self.parse(Self.header(length: 4080)) == .incomplete)
  }

  @Test
  func `random bytes and damaged headers are refused or read, and never more is used than is there`() {
    var random = RandomNumbers(seed: 7)
    let valid = [
      Array("PROXY TCP4 192.0.2.7 198.51.100.1 56324 8883\r\n".utf8), Self.header(Self.v4 + [4, 0, 1, 9]),
      Self.header(family: 0x21, Self.v6), Self.header(command: 0x20, family: 0, []),
    ]
    var found = 0
    for round in 0..<40_000 {
      var bytes = round % 5 == 4 ? random.bytes(Int.random(in: 1...64, using: &random)) : valid[round % 5]
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes = Array(bytes.prefix(Int.random(in: 0...120, using: &random)))
      guard case .found(_, let used) = Self.parse(bytes) else { continue }
      found += 1
      #expect(used > 0 && used <= bytes.count)
      #expect(Self.parse(Array(bytes[..<used])) == Self.parse(bytes))
    }
    #expect(found > 1000)
  }
}
