import BrokerCore
import MQTTCodec
import Security
import Testing

@testable import Transport

extension TransportTests {
  /// The PROXY protocol and the allowed versions on real sockets.
  @Suite struct ProxyConnections {
    private static let version1 = Array("PROXY TCP4 192.0.2.7 192.0.2.1 50123 1883\r\n".utf8)
    private static let version2: [UInt8] =
      ProxyHeader.signature2 + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 192, 0, 2, 1, 0xC3, 0xCB, 0x07, 0x5B]

    private static func broker(
      _ networks: [String], webSocket: WebSocketSettings? = nil, anonymous: Bool = true
    ) throws -> TestBroker {
      try TestBroker(
        authenticator: Authenticator(AuthenticationPolicy(allowsAnonymous: anonymous)), webSocket: webSocket,
        proxyNetworks: try NetworkList(networks))
    }

    @Test(arguments: [version1, version2])
    func `a header cut anywhere is taken, and what follows is MQTT`(header: [UInt8]) throws {
      let broker = try Self.broker(["127.0.0.0/8"])
      let all = header + Packet.connect("behind").bytes
      for cut in 1..<all.count {
        let before = broker.sum { $0.bytesReceived.now }
        let client = try broker.client()
        try client.send(Array(all[..<cut]))
        try wait("the first part is read") { broker.sum { $0.bytesReceived.now } == before + cut }
        try client.send(Array(all[cut...]))
        try client.expectConnack()
      }
    }

    @Test(arguments: [version1, version2])
    func `the client's address is what the proxy says`(header: [UInt8]) throws {
      let broker = try Self.broker(["127.0.0.0/8"], anonymous: false)
      let client = try broker.client()
      try client.send(header + Packet.connect("far").bytes)
      let connack = try client.packet()
      #expect(connack.type == 2 && connack.body[1] != 0)
      #expect(broker.log.lines.contains { $0.contains("peer=192.0.2.7:50123") })
    }

    @Test func `WebSocket follows the header`() throws {
      let broker = try Self.broker(["127.0.0.1"], webSocket: WebSocketSettings())
      let client = try WebSocketClient(port: broker.port)
      try client.socket.send(
        Self.version2 + WebSocketClient.request() + ClientFrame.binary(Packet.connect("ws").bytes).bytes)
      #expect(try client.head().hasPrefix("HTTP/1.1 101 "))
      #expect(try client.packet() == Packet(0x20, [0, 0]))
    }

    @Test func `a connection from another network is refused, whatever it says`() throws {
      let broker = try Self.broker(["10.0.0.0/8", "::1"])
      let client = try broker.client()
      #expect(try client.rest() == [])
      #expect(broker.log.lines.contains { $0.contains("in none of the networks whose PROXY headers are believed") })
      #expect((broker.sum { $0.connections.now }) == 0)
    }

    @Test(arguments: [Packet.connect("bare").bytes, Array("PROXY TCP4 1.2.3.4\r\n".utf8)])
    func `a connection of a proxy without a right header is closed without an answer`(bytes: [UInt8]) throws {
      let broker = try Self.broker(["127.0.0.0/8"])
      let client = try broker.client()
      try client.send(bytes)
      #expect(try client.rest() == [])
      try wait("it is counted") { broker.sum { $0.protocolFaults.now } == 1 }
    }

    @Test func `the deadline of CONNECT covers the header`() throws {
      var limits = Limits()
      limits.connectTimeoutSeconds = 1
      let broker = try TestBroker(limits, proxyNetworks: try NetworkList(["127.0.0.0/8"]))
      let client = try broker.client()
      try client.send(Array(Self.version1.dropLast()))
      #expect(try client.rest() == [])
      #expect((broker.sum { $0.timeouts.now }) == 1)
    }

    @Test func `a CONNECT of a version that is not allowed is refused with its code`() throws {
      for version in [ProtocolVersion.v3_1_1, .v5] {
        let broker = try TestBroker(allowedVersions: [version])
        try broker.client().connect("allowed", isV5: version == .v5)
        let client = try broker.client()
        try client.send(.connect("other", isV5: version != .v5))
        let connack = try client.packet()
        #expect(connack.type == 2 && connack.body[1] == (version == .v5 ? 1 : 0x84))
        #expect(try client.rest() == [])
      }
    }
  }
}
