import BrokerCore
import Testing

@testable import Transport

extension TransportTests {
  /// Messages from connection to connection, on one shard and across.
  @Suite struct Delivery {
    @Test(arguments: [1, 3])
    func `every subscriber gets the messages of each publisher in their order`(shards: Int) throws {
      let broker = try TestBroker(shards: shards)
      let subscribers = try (0..<6).map { number in
        let client = try broker.client()
        try client.connect("sub-\(number)")
        try client.subscribe("order/+", qos: 1)
        return client
      }
      let publishers = try (0..<6).map { number in
        let client = try broker.client()
        try client.connect("pub-\(number)")
        return client
      }
      for number in 0..<50 {
        for (publisher, client) in publishers.enumerated() {
          try client.send(
            .publish("order/\(publisher)", "\(number)", qos: UInt8(number % 2), packetID: UInt16(number + 1)))
        }
      }
      for client in subscribers {
        var next = Array(repeating: 0, count: publishers.count)
        for _ in 0..<(50 * publishers.count) {
          let packet = try client.packet()
          if packet.qos == 1 { try client.send(.puback(packet.packetID)) }
          let publisher = try #require(Int(packet.topic.dropFirst(6)))
          #expect(packet.text == "\(next[publisher])")
          next[publisher] += 1
        }
      }
    }

    @Test
    func `connections spread over the shards, and close without a trace`() throws {
      let broker = try TestBroker(shards: 3)
      var clients = try (0..<150).map { number in
        let client = try broker.client()
        try client.connect("many-\(number)")
        return client
      }
      #expect(broker.group.counters.allSatisfy { $0.connectionsOpen.now > 15 })
      for client in clients { try client.ping() }
      clients = []
      try wait("all connections are closed") { (broker.sum { $0.connectionsOpen.now }) == 0 }
      let client = try broker.client()
      try client.connect("after")
    }

    @Test(arguments: [1, 3])
    func `QoS 2 is delivered once, also when the publisher repeats itself`(shards: Int) throws {
      let broker = try TestBroker(shards: shards)
      let subscriber = try broker.client(onShard: shards - 1)
      try subscriber.connect("sub")
      try subscriber.subscribe("once", qos: 2)
      let publisher = try broker.client(onShard: 0)
      try publisher.connect("pub")
      try publisher.send(.publish("once", "a", qos: 2, packetID: 7), .publish("once", "a", qos: 2, packetID: 7))
      #expect(try publisher.packet() == .pubrec(7))
      #expect(try publisher.packet() == .pubrec(7))
      try publisher.send(.pubrel(7))
      #expect(try publisher.packet() == .pubcomp(7))
      let packet = try subscriber.packet()
      #expect(packet.text == "a" && packet.qos == 2)
      try subscriber.send(.pubrec(packet.packetID))
      #expect(try subscriber.packet() == .pubrel(packet.packetID))
      try subscriber.send(.pubcomp(packet.packetID))
      try subscriber.ping()
    }

    @Test
    func `a publish reaches 300 subscribers over three shards`() throws {
      let broker = try TestBroker(shards: 3)
      let subscribers = try (0..<300).map { number in
        let client = try broker.client()
        try client.connect("fan-\(number)")
        try client.subscribe("fan")
        return client
      }
      let publisher = try broker.client()
      try publisher.connect("pub")
      let payload = [UInt8](repeating: 120, count: 2000)
      for _ in 0..<20 { try publisher.send(.publish("fan", payload)) }
      for client in subscribers {
        for _ in 0..<20 { #expect(try client.packet().payload.count == 2000) }
      }
    }
  }
}
