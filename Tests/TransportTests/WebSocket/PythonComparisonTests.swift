import EventLoop
import Testing

@testable import Transport

/// What Python makes of the same rules, written there once more from the RFC or taken from its library.
@Suite struct PythonComparisonTests {
  /// Prints conversations: what is sent, where it is cut, and the payload and the pongs that come of it.
  private static let conversations = """
    import random, struct
    random.seed(6455)
    def frame(op, fin, data):
        key = random.randbytes(4)
        n = len(data)
        head = bytes([fin << 7 | op])
        if n < 126: head += bytes([128 | n])
        elif n < 65536: head += struct.pack('>BH', 128 | 126, n)
        else: head += struct.pack('>BQ', 128 | 127, n)
        return head + key + bytes(b ^ key[i % 4] for i, b in enumerate(data))
    for round in range(400):
        sent = payload = pongs = b''
        for message in range(random.randint(1, 5)):
            parts = random.randint(1, 5)
            for part in range(parts):
                size = random.choice([0, 1, 5, 125, 126, 127, 300] if round % 100 else [65535, 65536, 70001])
                data = random.randbytes(size)
                payload += data
                sent += frame(0 if part else 2, part == parts - 1, data)
                if random.random() < 0.4:
                    ping = random.randbytes(random.choice([0, 1, 4, 124, 125]))
                    sent += frame(9, 1, ping)
                    pongs += bytes([0x8a, len(ping)]) + ping
                if random.random() < 0.2: sent += frame(10, 1, random.randbytes(3))
        code = random.choice([1000, 1001, 1011, 3000, 4999])
        sent += frame(8, 1, struct.pack('>H', code) + 'schlie\u{DF}en'.encode())
        cuts = sorted(random.randint(0, len(sent)) for _ in range(random.randint(0, 12)))
        print(sent.hex(), ','.join(map(str, cuts)), payload.hex(), pongs.hex(), code)
    """

  @Test
  func `frames that Python makes are read as Python meant them`() throws {
    let lines = try Python.run(Self.conversations)
    #expect(lines.count == 400)
    for line in lines {
      try #require(line.count == 5)
      let reader = FrameReader.read(Python.bytes(line[0]), cuts: line[1].split(separator: ",").compactMap { Int($0) })
      #expect(reader.payload == Python.bytes(line[2]))
      #expect(reader.replies == Python.bytes(line[3]))
      #expect(reader.close == WebSocketClose(code: UInt16(line[4]), fault: nil))
    }
  }

  /// Prints keys and what answers them.
  private static let keys = """
    import base64, hashlib, random
    random.seed(4)
    for _ in range(200):
        key = base64.b64encode(random.randbytes(16)).decode()
        digest = hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()
        print(key, base64.b64encode(digest).decode())
    """

  @Test
  func `keys are answered as Python answers them`() throws {
    let settings = try #require(WebSocketSettings())
    let lines = try Python.run(Self.keys)
    #expect(lines.count == 200)
    for line in lines {
      let request = """
        GET /mqtt HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: \(line[0])\r\n\r\n
        """
      var upgrade = WebSocketUpgrade()
      let result = Array(request.utf8).withUnsafeBufferPointer { upgrade.receive($0, settings: settings) }
      guard case .accepted(let response, _, _) = result else {
        Issue.record("\(line[0]) is refused")
        continue
      }
      #expect(String(decoding: response, as: UTF8.self).contains("\r\nSec-WebSocket-Accept: \(line[1])\r\n"))
    }
  }

  /// Prints networks, addresses, and whether the one is in the other; near the border as often as not.
  private static let networks = """
    import ipaddress, random
    random.seed(9)
    for _ in range(4000):
        bits, kind = random.choice([(32, ipaddress.IPv4Address), (128, ipaddress.IPv6Address)])
        length = random.randint(0, bits)
        number = random.getrandbits(bits)
        # An address of ::ffff:0:0/96 and the IPv4 address in it are the same to us, not to Python.
        if bits == 128: number |= 1 << 127
        network = ipaddress.ip_network((kind(number), length), strict=False)
        near = int(network.network_address) + random.choice([-1, 0, network.num_addresses - 1, network.num_addresses])
        address = kind(near % (1 << bits)) if random.random() < 0.8 else kind(random.getrandbits(bits))
        print(network, address, int(address in network))
    """

  @Test
  func `networks contain what they contain in Python`() throws {
    let lines = try Python.run(Self.networks)
    #expect(lines.count == 4000)
    #expect(Set(lines.map { $0.last ?? "" }) == ["0", "1"])
    for line in lines {
      let address = try #require(SocketAddress(host: line[1], port: 0))
      #expect(try NetworkList([line[0]]).contains(address) == (line[2] == "1"), "\(line)")
    }
  }
}
