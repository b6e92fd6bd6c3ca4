import BrokerCore
import Testing

@testable import Transport

extension TransportTests {
  /// Connections whose session lives on another shard than the one that accepted them.
  @Suite struct Hops {
    /// A broker, and the port on which its clients connect.
    struct Scene {
      let broker: TestBroker
      let relay: TLSRelay?
      var port: UInt16 { relay?.port ?? broker.port }

      init(isTLS: Bool, shards: Int = 3, _ limits: Limits = Limits()) throws {
        broker = try TestBroker(shards: shards, limits, tls: isTLS ? TLSRelay.makeContext() : nil)
        relay = isTLS ? try TLSRelay(to: broker.port) : nil
      }

      func client(onShard shard: Int) throws -> SocketClient { try broker.client(onShard: shard, port: port) }
    }

    @Test(arguments: [false, true])
    func `connect, subscribe and publish, plain and over TLS`(isTLS: Bool) throws {
      let scene = try Scene(isTLS: isTLS)
      let subscriber = try scene.client(onShard: 0)
      try subscriber.connect("sub")
      try subscriber.subscribe("t", qos: 1)
      let publisher = try scene.client(onShard: 1)
      try publisher.connect("pub")
      let large = [UInt8](repeating: 9, count: 500_000)
      try publisher.send(.publish("t", "small", qos: 1, packetID: 1), .publish("t", large, qos: 1, packetID: 2))
      #expect(try publisher.packet() == .puback(1))
      #expect(try publisher.packet() == .puback(2))
      #expect(try subscriber.packet().text == "small")
      #expect(try subscriber.packet().payload.elementsEqual(large))
      scene.broker.group.stop()
      #expect(try subscriber.rest() == [])
      if isTLS { #expect((scene.broker.sum { $0.handshakes.now }) >= 2) }
    }

    @Test(arguments: [false, true])
    func `a session is resumed from another shard, and bytes behind CONNECT move along`(isTLS: Bool) throws {
      let scene = try Scene(isTLS: isTLS)
      let first = try scene.client(onShard: 0)
      try first.connect("mover", clean: false)
      try first.subscribe("kept", qos: 1)
      first.close()
      try wait("the first is gone") { (scene.broker.sum { $0.connectionsOpen.now }) == 0 }
      let second = try scene.client(onShard: 1)
      let all = [
        Packet.connect("mover", clean: false), .subscribe("new", qos: 1), .publish("kept", "k", qos: 1, packetID: 5),
        .publish("new", "n", qos: 2, packetID: 6),
      ]
      let unfinished = Packet.publish("new", "late", qos: 1, packetID: 7).bytes
      try second.send(all.flatMap(\.bytes) + unfinished.prefix(6))
      #expect(try second.expectConnack())
      // Those that the kernel gave to another shard may still be on their way out.
      try wait("it is the only one, and on the session's shard") {
        scene.broker.group.counters.map { $0.connectionsOpen.now } == [1, 0, 0]
      }
      try second.send(Array(unfinished.dropFirst(6)))
      var types: [UInt8] = []
      var texts: [String] = []
      for _ in 0..<7 {
        let packet = try second.packet()
        if packet.type == 3 { texts.append(packet.text) } else { types.append(packet.type) }
      }
      #expect(types == [9, 4, 5, 4])
      #expect(texts == ["k", "n", "late"])
    }

    @Test(arguments: [false, true])
    func `a takeover from another shard ends the old connection`(isTLS: Bool) throws {
      let scene = try Scene(isTLS: isTLS)
      var clients: [SocketClient] = []
      for round in 0..<12 {
        let client = try scene.client(onShard: round % 3)
        try client.connect("one", clean: round % 4 == 0, isV5: true)
        if let old = clients.last { #expect(try old.rest() == [Packet(0xE0, [0x8E, 0])]) }
        clients.append(client)
      }
      #expect((scene.broker.sum { $0.takeovers.now }) == 11)
      // So are those that the kernel gave to another shard than the one that was wanted.
      try wait("the old ones are gone") { (scene.broker.sum { $0.connectionsOpen.now }) == 1 }
    }

    @Test
    func `a client that is lost on its way between shards is counted once`() throws {
      let scene = try Scene(isTLS: false)
      let holder = try scene.client(onShard: 0)
      try holder.connect("way", clean: false)
      for _ in 0..<50 {
        let client = try scene.client(onShard: 1)
        try client.send(.connect("way", clean: false))
        client.close()
      }
      // The listener's count has those too that are between two shards.
      try wait("all are gone but perhaps the first") { scene.broker.settings.connections.now <= 1 }
      let last = try scene.client(onShard: 2)
      #expect(try last.connect("way", clean: false))
      try wait("one is left") { (scene.broker.sum { $0.connectionsOpen.now }) == 1 }
    }

    @Test(arguments: [(false, 1), (false, 3), (true, 3)])
    func `a storm of reconnects loses nothing of QoS 1 and keeps the order`(isTLS: Bool, shards: Int) throws {
      var random = SeededRandom(seed: 4711)
      let scene = try Scene(isTLS: isTLS, shards: shards)
      let publisher = try scene.client(onShard: shards - 1)
      try publisher.connect("pub")
      var storm = try SocketClient(port: scene.port)
      try storm.connect("storm", clean: false)
      try storm.subscribe("storm", qos: 1)
      var seen: Set<Int> = []
      var sent = 0
      var old: [SocketClient] = []
      var lastOfConnection = -1
      func take(_ client: SocketClient) throws {
        let packet = try client.packet()
        guard packet.type == 3 else { return }
        let number = try #require(Int(packet.text))
        #expect(number > lastOfConnection)
        // Nothing new overtakes: all before it have been seen.
        #expect(seen.contains(number) || number == seen.count)
        lastOfConnection = number
        seen.insert(number)
        try client.send(.puback(packet.packetID))
      }
      for _ in 0..<80 {
        for _ in 0..<Int.random(in: 1...20, using: &random) {
          try publisher.send(.publish("storm", "\(sent)", qos: 1, packetID: UInt16(sent + 1)))
          #expect(try publisher.packet() == .puback(UInt16(sent + 1)))
          sent += 1
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) where seen.count < sent { try take(storm) }
        switch Int.random(in: 0...2, using: &random) {
        case 0: storm.close()
        case 1: storm.reset()
        default: old.append(storm)
        }
        storm = try SocketClient(port: scene.port)
        lastOfConnection = -1
        #expect(try storm.connect("storm", clean: false))
      }
      while seen.count < sent { try take(storm) }
      #expect(seen.count == sent)
      #expect(old.count > 10)
    }
  }
}
