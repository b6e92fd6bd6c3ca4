import BrokerCore
import EventLoop
import Glibc
import Security
import Testing

@testable import Transport

extension TransportTests {
  /// Start and stop, and that nothing stays behind.
  @Suite struct Lifetime {
    @Test
    func `a stop tells 5_0 clients, joins all threads and closes all descriptors`() throws {
      let before = openDescriptors()
      let broker = try TestBroker(shards: 3)
      let clients = try (0..<30).map { number in
        let client = try broker.client()
        try client.connect("stop-\(number)", isV5: true)
        return client
      }
      let silent = try broker.client()
      broker.group.stop()
      for client in clients { #expect(try client.rest() == [Packet(0xE0, [0x8B, 0])]) }
      #expect(try silent.rest() == [])
      #expect(threads(named: "shard-") == 0)
      #expect(threads(named: "worker") == 0)
      for client in clients { client.close() }
      silent.close()
      // Other tests run programs meanwhile.
      try wait("no more descriptors are open than before") { openDescriptors() <= before }
      #expect((broker.sum { $0.connectsAccepted.now }) == 30)
    }

    @Test
    func `starting and stopping 20 times leaves nothing behind`() throws {
      func once() throws {
        let broker = try TestBroker(shards: 3)
        let clients = try (0..<9).map { number in
          let client = try broker.client(onShard: number % 3)
          // The same identifiers again, so that some are on their way between shards at the stop.
          try client.send(.connect("again-\(number % 4)", clean: false), .subscribe("a", qos: 1))
          return client
        }
        broker.group.stop()
        for client in clients { _ = try client.rest() }
      }
      try once()
      let before = openDescriptors()
      for _ in 0..<20 { try once() }
      try wait("no more descriptors are open than before") { openDescriptors() <= before }
    }

    @Test
    func `a group that was stopped is freed, with its shards`() throws {
      weak var group: ShardGroup?
      weak var shard: Shard?
      func once() throws {
        let broker = try TestBroker(shards: 2)
        try broker.client().connect("one")
        group = broker.group
        shard = broker.group.shards.first
      }
      try once()
      #expect(group == nil)
      #expect(shard == nil)
    }

    @Test
    func `connections are freed, whatever ended them`() throws {
      // Each connection keeps its listener's authenticator.
      weak var authenticator: Authenticator?
      func once() throws {
        let broker = try TestBroker(shards: 2)
        authenticator = broker.settings.authenticator
        for number in 0..<24 {
          let client = try broker.client(onShard: number % 2)
          try client.connect("leak", clean: number % 3 == 0, isV5: number % 2 == 0)
          switch number % 4 {
          case 0: try client.send(.disconnect)
          case 1: client.reset()
          case 2: client.finishSending()
          default: try client.send([0xF0, 0])
          }
          if number % 4 != 1 { _ = try client.rest() }
        }
        try wait("no connection is open") { (broker.sum { $0.connectionsOpen.now }) == 0 }
      }
      try once()
      #expect(authenticator == nil)
    }

    @Test
    func `a port in use and an address that isn't ours are named, and nothing stays open`() throws {
      let broker = try TestBroker()
      let before = openDescriptors()
      for (address, words) in [("127.0.0.1:\(broker.port)", "in use"), ("192.0.2.1:1883", "no such address")] {
        let listeners = try ["127.0.0.1:0", address].enumerated().map { number, text in
          ListenerSettings(
            name: "l\(number)", address: try #require(SocketAddress(text)), tls: nil,
            authenticator: broker.settings.authenticator, limits: Limits())
        }
        let policy = try AccessPolicy()
        let group = ShardGroup(
          state: BrokerState(limits: Limits(), outlet: nil, log: broker.log), policy: policy)
        let error = #expect(throws: (any Error).self) { try group.open(shards: 3, listeners: listeners) }
        let text = String(describing: try #require(error))
        #expect(text.contains("\"l1\"") && text.contains(address) && text.contains(words), "\(text)")
        try wait("no more descriptors are open than before") { openDescriptors() <= before }
        // A thread names itself once it runs.
        try wait("the one broker's shard is there") { threads(named: "shard-") == 1 }
      }
    }

    @Test
    func `port 0 gives all shards the same port`() throws {
      let broker = try TestBroker(shards: 3)
      for shard in 0..<3 { try broker.client(onShard: shard).connect("port-\(shard)") }
    }
  }
}
