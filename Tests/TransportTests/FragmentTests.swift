import BrokerCore
import Testing

extension TransportTests {
  /// How bytes are cut up on their way must make no difference.
  @Suite struct Fragments {
    @Test
    func `every byte alone is as good as all at once`() throws {
      let broker = try TestBroker()
      let client = try broker.client()
      let all = [
        Packet.connect("drip"), .subscribe("drip", qos: 1), .publish("drip", "x", qos: 1, packetID: 3), .pingreq,
      ]
      for byte in all.flatMap(\.bytes) { try client.send([byte]) }
      try client.expectConnack()
      #expect(try client.packet().type == 9)
      let answers = [try client.packet(), try client.packet(), try client.packet()]
      #expect(answers.contains(.puback(3)))
      #expect(answers.contains { $0.type == 3 && $0.text == "x" })
      #expect(answers.last == .pingresp)
    }

    @Test
    func `10,000 packets in one write are all handled`() throws {
      let broker = try TestBroker()
      let client = try broker.client()
      try client.connect("many")
      try client.subscribe("m", qos: 0)
      var all: [UInt8] = []
      for number in 0..<10_000 { all += Packet.publish("m", "\(number)").bytes }
      try client.send(all)
      for number in 0..<10_000 { #expect(try client.packet().text == "\(number)") }
    }

    @Test(arguments: [65_500, 65_536, 65_537, 131_072, 1_048_000])
    func `a packet larger than a read comes through whole, and so do those behind it`(size: Int) throws {
      let broker = try TestBroker(shards: 2)
      let subscriber = try broker.client(onShard: 0)
      try subscriber.connect("sub")
      try subscriber.subscribe("large", qos: 1)
      let publisher = try broker.client(onShard: 1)
      try publisher.connect("pub")
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let large = Packet.publish("large", payload, qos: 1, packetID: 1)
      try publisher.send(large.bytes + Packet.publish("large", "behind", qos: 1, packetID: 2).bytes)
      #expect(Array(try subscriber.packet().payload) == payload)
      #expect(try subscriber.packet().text == "behind")
      #expect(try publisher.packet() == .puback(1))
      #expect(try publisher.packet() == .puback(2))
    }

    @Test
    func `a packet above the limit closes the connection before its bytes are kept`() throws {
      let broker = try TestBroker()
      let client = try broker.client()
      try client.connect("greedy")
      try client.send([0x30, 0xFF, 0xFF, 0xFF, 0x7F])
      #expect(try client.rest() == [])
      #expect((broker.sum { $0.protocolFaults.now }) == 1)
    }

    @Test
    func `the end and a reset within a packet free the connection`() throws {
      let broker = try TestBroker()
      for isReset in [false, true] {
        let client = try broker.client()
        try client.connect("cut")
        try client.send(Array(Packet.publish("cut", [UInt8](repeating: 1, count: 200_000)).bytes.prefix(100_000)))
        #expect(try client.read(withinMilliseconds: 50) == nil)
        if isReset { client.reset() } else { client.close() }
        try wait("the connection is gone") { (broker.sum { $0.connectionsOpen.now }) == 0 }
      }
    }

    @Test
    func `a client that sends its end at once still gets what it is owed`() throws {
      let broker = try TestBroker()
      for round in 0..<20 {
        let client = try broker.client()
        try client.send(.connect("half-\(round)"), .publish("half", "x", qos: 1, packetID: 9))
        client.finishSending()
        let packets = try client.rest()
        #expect(packets.map(\.type) == [2, 4])
      }
      try wait("all are gone") { (broker.sum { $0.connectionsOpen.now }) == 0 }
    }

    @Test
    func `a seeded mix of writes of any size arrives in order`() throws {
      var random = SeededRandom(seed: 20_261)
      let broker = try TestBroker()
      let client = try broker.client()
      try client.connect("mix")
      try client.subscribe("mix", qos: 0)
      var all: [UInt8] = []
      for number in 0..<200 {
        let size = Int.random(in: 0...2, using: &random) == 0 ? Int.random(in: 0..<90_000, using: &random) : 20
        all += Packet.publish("mix", [UInt8(number)] + [UInt8](repeating: 7, count: size)).bytes
      }
      var at = 0
      var next = 0
      while at < all.count {
        let end = min(all.count, at + Int.random(in: 1...70_000, using: &random))
        try client.send(Array(all[at..<end]))
        at = end
        while try client.read(withinMilliseconds: 0) != nil {}
        while let packet = client.takePacket() {
          #expect(packet.payload.first == UInt8(next))
          next += 1
        }
      }
      while next < 200 {
        #expect(try client.packet().payload.first == UInt8(next))
        next += 1
      }
    }
  }
}
