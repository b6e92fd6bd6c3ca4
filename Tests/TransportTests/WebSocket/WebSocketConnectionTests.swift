import BrokerCore
import MQTTCodec
import Testing

@testable import Transport

extension TransportTests {
  /// WebSocket on real sockets, from the request to the Close frame.
  @Suite struct WebSocketConnections {
    private static func broker(
      _ limits: Limits = Limits(), shards: Int = 1, origins: [String]? = nil, messageBytesMax: Int = 1 << 20
    ) throws -> TestBroker {
      let allowed = try origins.map { Set(try $0.map { try #require(WebOrigin($0)) }) }
      return try TestBroker(
        shards: shards, limits,
        webSocket: WebSocketSettings(origins: allowed, messageBytesMax: messageBytesMax))
    }

    /// A request, and a session in frames that are not where packets are.
    private static func script() -> [UInt8] {
      let packets = [
        Packet.connect("cut"), .subscribe("cut", qos: 1), .publish("cut", "x", qos: 1, packetID: 3), .pingreq,
      ]
      let mqtt = packets.flatMap(\.bytes)
      let frames: [ClientFrame] = [
        .binary(Array(mqtt[..<5])), .binary(Array(mqtt[5..<30]), isFinal: false), .ping([1, 2, 3]),
        .continuation([], isFinal: false), .continuation(Array(mqtt[30..<31]), isFinal: true),
        .binary(Array(mqtt[31...])), .close(code: 1000),
      ]
      return WebSocketClient.request() + frames.flatMap(\.bytes)
    }

    @Test func `a session in frames that are cut anywhere is as good as one in whole frames`() throws {
      let broker = try Self.broker()
      let all = Self.script()
      for cut in 1..<all.count {
        let client = try WebSocketClient(port: broker.port)
        let before = broker.sum { $0.bytesReceived.now }
        try client.socket.send(Array(all[..<cut]))
        try wait("the first part is read") { broker.sum { $0.bytesReceived.now } == before + cut }
        try client.socket.send(Array(all[cut...]))
        #expect(try client.head().hasPrefix("HTTP/1.1 101 "))
        let frames = try client.rest()
        #expect(frames.filter { $0.opcode == 10 } == [.pong([1, 2, 3])])
        #expect(frames.last == .close(1000))
        let mqtt = frames.filter { $0.opcode == 2 }.flatMap(\.payload)
        #expect(mqtt.starts(with: [0x20, 2, 0, 0]))
        #expect(mqtt.count == 4 + 5 + 4 + 10 + 2, "CONNACK, SUBACK, PUBACK, PUBLISH and PINGRESP: \(mqtt)")
      }
    }

    @Test func `a request with many cookies is taken, and one that is too large is told so, however much of it comes`()
      throws
    {
      let broker = try Self.broker()
      func request(cookieBytes: Int) -> [UInt8] {
        let text = String(decoding: WebSocketClient.request(), as: UTF8.self).dropLast()
        return Array((text + "Cookie: \(String(repeating: "c", count: cookieBytes))\r\n\r\n").utf8)
      }
      let browser = try WebSocketClient(port: broker.port)
      let all = request(cookieBytes: 30_000)
      for start in stride(from: 0, to: all.count, by: 1000) {
        try browser.socket.send(Array(all[start..<min(start + 1000, all.count)]))
      }
      #expect(try browser.head().hasPrefix("HTTP/1.1 101 "))
      try browser.connect("browser")
      let other = try WebSocketClient(port: broker.port)
      try other.socket.send(request(cookieBytes: 300_000))
      #expect(try other.head().hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `every byte alone is as good as all at once`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient(port: broker.port)
      for byte in Self.script() { try client.socket.send([byte]) }
      #expect(try client.head().hasPrefix("HTTP/1.1 101 "))
      #expect(try client.rest().last == .close(1000))
    }

    @Test func `a ping is answered with its payload, before and after CONNECT`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.send(ClientFrame.ping([]))
      #expect(try client.frame() == .pong([]))
      try client.connect("pinger")
      let payload = [UInt8](repeating: 7, count: 125)
      try client.send(ClientFrame.ping(payload))
      #expect(try client.frame() == .pong(payload))
    }

    static let ends: [(frame: ClientFrame, code: UInt16?)] = [
      (.close(code: 1000), 1000), (.close(code: 1001), 1001), (.close(code: 3000, [65]), 3000), (.close([]), nil),
      (.close(code: 1005), 1002), (.close([3]), 1002), (.close(code: 1000, [0xFF]), 1007),
      (ClientFrame(opcode: 1, payload: [65]), 1003), (ClientFrame(mask: nil, payload: [0xC0, 0]), 1002),
      (ClientFrame(opcode: 3), 1002), (ClientFrame(reserved: 4, payload: [0xC0, 0]), 1002),
      (.continuation([0xC0, 0], isFinal: true), 1002), (.binary([UInt8](repeating: 0, count: 1001)), 1009),
    ]

    @Test(arguments: ends.indices) func `each end is told with its code, and then the socket closes`(
      number: Int
    ) throws {
      let (frame, code) = Self.ends[number]
      let broker = try Self.broker(messageBytesMax: 1000)
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("ending")
      try client.send(.binary(Packet.pingreq.bytes), frame)
      #expect(try client.rest() == [WebSocketClient.Frame(opcode: 2, payload: Packet.pingresp.bytes), .close(code)])
      try wait("the connection is gone") { broker.sum { $0.connectionsOpen.now } == 0 }
    }

    /// Paho's client for C looks at what follows the first packet of a frame only when more comes in.
    @Test func `what is answered at once comes in a frame for each packet, behind the pongs`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("itself")
      let packets = [
        Packet.subscribe("itself", qos: 1), .publish("itself", "x", qos: 1, packetID: 3), .pingreq,
      ]
      try client.send(.binary(packets.flatMap(\.bytes)), .ping([1]))
      let frames = try (0..<5).map { _ in try #require(try client.frame()) }
      #expect(frames.map(\.opcode) == [10, 2, 2, 2, 2])
      #expect(Set(frames.dropFirst().compactMap(\.payload.first)) == [0x90, 0x32, 0x40, 0xD0])
      for frame in frames.dropFirst() { #expect(frame.payload.count == 2 + Int(frame.payload[1])) }
    }

    @Test func `what came before a Close frame is handled, though its client is not read from for a while`() throws {
      let broker = try Self.broker()
      let owner = try WebSocketClient.upgraded(port: broker.port)
      try owner.connect("owner")
      // More topics than are searched in one round of the shard.
      let retained = (0...10_000).flatMap { Packet(0x31, Packet.text("r/\($0)") + [1]).bytes } as [UInt8]
      try owner.send(.binary(retained + Packet.pingreq.bytes))
      #expect(try owner.frame()?.payload == Packet.pingresp.bytes)
      let client = try WebSocketClient.upgraded(port: broker.port)
      let filters: [UInt8] = ["r/+/x", "r/+/y"].flatMap { Packet.text($0) + [0] }
      let packets = [
        Packet.connect("waits"), Packet(0x82, [0, 1] + filters), .publish("t", "last words", qos: 1, packetID: 3),
      ]
      try client.send(.binary(packets.flatMap(\.bytes)), .close(code: 1000))
      #expect(try client.rest().map(\.payload.first) == [0x20, 0x90, 0x40, 0x03])
    }

    @Test func `DISCONNECT ends it with 1000`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("in order")
      try client.send(Packet.disconnect)
      #expect(try client.rest() == [.close(1000)])
    }

    @Test func `an error of MQTT is told by DISCONNECT and a Close frame behind it`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("twice", isV5: true)
      try client.send(Packet.connect("twice", isV5: true))
      let frames = try client.rest()
      #expect(frames.map(\.opcode) == [2, 8])
      #expect(frames.first?.payload.first == 0xE0)
      #expect(frames.last == .close(1008))
    }

    @Test func `a server that stops is going away`() throws {
      let broker = try Self.broker()
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("left")
      broker.group.stop()
      #expect(try client.rest() == [.close(1001)])
    }

    @Test func `a Close frame without DISCONNECT publishes the will`() throws {
      let broker = try Self.broker()
      let watcher = try WebSocketClient.upgraded(port: broker.port)
      try watcher.connect("watcher")
      try watcher.send(Packet.subscribe("will", qos: 0))
      #expect(try watcher.packet().type == 9)
      let client = try WebSocketClient.upgraded(port: broker.port)
      let text = { (text: String) in [0, UInt8(text.utf8.count)] + Array(text.utf8) }
      try client.send(Packet(0x10, text("MQTT") + [4, 6, 0, 60] + text("dying") + text("will") + text("gone")))
      #expect(try client.packet().type == 2)
      try client.send(ClientFrame.close(code: 1001))
      #expect(try watcher.packet().text == "gone")
    }

    static let refused: [(request: [UInt8], status: String)] = [
      (WebSocketClient.request(path: "/"), "404"), (WebSocketClient.request(subprotocol: "amqp"), "400"),
      (WebSocketClient.request(origin: "https://elsewhere.example"), "403"),
      (Packet.connect("plain").bytes, "400"), (Array("GET /mqtt HTTP/1.1\r\nHost: a\r\n\r\n".utf8), "426"),
    ]

    @Test(arguments: refused.indices) func `a wrong request is refused in HTTP, and the log says why`(
      number: Int
    ) throws {
      let (request, status) = Self.refused[number]
      let broker = try Self.broker(origins: ["https://here.example"])
      let client = try WebSocketClient(port: broker.port)
      try client.socket.send(request)
      #expect(try client.head().hasPrefix("HTTP/1.1 \(status) "))
      try wait("the connection is gone") { broker.sum { $0.connectionsOpen.now } == 0 }
      #expect(broker.log.lines.contains { $0.hasPrefix("WebSocket closed for a fault listener=test peer=127.0.0.1:") })
    }

    @Test func `a page of an origin in the list connects`() throws {
      let broker = try Self.broker(origins: ["https://here.example"])
      let client = try WebSocketClient(port: broker.port)
      try client.socket.send(WebSocketClient.request(subprotocol: "mqttv3.1", origin: "https://here.example:443"))
      let head = try client.head()
      #expect(head.hasPrefix("HTTP/1.1 101 ") && head.contains("Sec-WebSocket-Protocol: mqttv3.1"))
      try client.connect("page")
    }

    @Test(arguments: [100, 200, 65_500, 131_072, 1_000_000])
    func `a message of any size passes, whichever frames it is in, from one shard to another`(size: Int) throws {
      let broker = try Self.broker(shards: 2)
      let subscriber = try WebSocketClient.upgraded(port: broker.port)
      try subscriber.connect("sub")
      try subscriber.send(Packet.subscribe("large", qos: 1))
      #expect(try subscriber.packet().type == 9)
      let publisher = try WebSocketClient.upgraded(port: broker.port)
      try publisher.connect("pub")
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let bytes = Packet.publish("large", payload, qos: 1, packetID: 1).bytes + Packet.pingreq.bytes
      var random = SeededRandom(seed: UInt64(size))
      var at = 0
      while at < bytes.count {
        let end = min(bytes.count, at + Int.random(in: 1...100_000, using: &random))
        try publisher.send(.binary(Array(bytes[at..<end]), isFinal: true))
        at = end
      }
      #expect(Array(try subscriber.packet().payload) == payload)
      #expect(Set([try publisher.packet(), try publisher.packet()].map(\.type)) == [4, 13])
    }

    @Test func `a client that pings and never reads can ask no more once its output is full`() throws {
      var limits = Limits()
      limits.outputBytesMax = 64 * 1024
      limits.packetBytesMax = 64 * 1024
      let broker = try Self.broker(limits)
      let client = try WebSocketClient.upgraded(port: broker.port)
      try client.connect("pinger")
      let pings = [[UInt8]](repeating: ClientFrame.ping([UInt8](repeating: 1, count: 125)).bytes, count: 500).flatMap(
        \.self)
      // Kernel buffers on both sides take some megabytes; without a bound the broker would take all of it.
      let bytesMax = 256 << 20
      var sent = 0
      var deadline = ContinuousClock.now + .seconds(2)
      while sent < bytesMax, ContinuousClock.now < deadline {
        let took = client.socket.sendSome(pings[(sent % pings.count)...])
        sent += took
        if took > 0 { deadline = .now + .seconds(2) }
      }
      #expect(sent < bytesMax, "it was read from all the time")
      let other = try WebSocketClient.upgraded(port: broker.port)
      try other.connect("other")
    }

    @Test func `the deadline of CONNECT covers the request for WebSocket`() throws {
      var limits = Limits()
      limits.connectTimeoutSeconds = 1
      let broker = try Self.broker(limits)
      let client = try WebSocketClient(port: broker.port)
      try client.socket.send(Array(WebSocketClient.request().dropLast()))
      #expect(try client.rest() == [])
      #expect((broker.sum { $0.timeouts.now }) == 1)
    }
  }
}
