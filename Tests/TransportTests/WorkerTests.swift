import BrokerCore
import Glibc
import Security
import Synchronization
import TLS
import Testing

@testable import Transport

extension TransportTests {
  /// What is judged on a worker, while the loop goes on.
  @Suite struct Workers {
    /// Anonymous clients are let in at once; "slow" has a password whose check takes some tenths of a second.
    private static func authenticator() throws -> Authenticator {
      var file = try PasswordFile(path: "test")
      let cost = PasswordHash.Cost(log2N: 16, parallelism: 3)
      try file.set(
        user: "slow", hash: PasswordHash.make(Array("secret".utf8), salt: SecureRandom.bytes(16), cost: cost))
      return Authenticator(AuthenticationPolicy(allowsAnonymous: true, passwordFile: file))
    }

    @Test
    func `others are served while a password is checked, and bytes behind CONNECT wait`() throws {
      let broker = try TestBroker(authenticator: Self.authenticator())
      let other = try broker.client()
      try other.connect("other")
      let slow = try broker.client()
      try slow.send(
        .connect("slow", user: "slow", password: "secret"), .subscribe("w", qos: 1),
        .publish("w", "behind", qos: 1, packetID: 3))
      for _ in 0..<20 { try other.ping() }
      #expect(try slow.read(withinMilliseconds: 0) == nil)
      try slow.send(.publish("w", "later", qos: 0))
      try slow.expectConnack()
      let packets = try (0..<4).map { _ in try slow.packet() }
      #expect(packets.filter { $0.type != 3 }.map(\.type) == [9, 4])
      #expect(packets.filter { $0.type == 3 }.map(\.text) == ["behind", "later"])
    }

    @Test
    func `what came before a Close frame is handled, though it waits for the judgement of CONNECT`() throws {
      let broker = try TestBroker(authenticator: Self.authenticator(), webSocket: WebSocketSettings())
      let client = try WebSocketClient.upgraded(port: broker.port)
      let packets: [Packet] = [
        .connect("slow", user: "slow", password: "secret"), .publish("w", "last words", qos: 1, packetID: 3),
      ]
      try client.send(.binary(packets.flatMap(\.bytes)), .close(code: 1000))
      let frames = try client.rest()
      #expect(frames.map(\.payload.first) == [0x20, 0x40, 0x03])
      #expect(frames.last == .close(1000))
    }

    @Test
    func `a wrong password is refused, with the refusal as the last word`() throws {
      let broker = try TestBroker(authenticator: Self.authenticator())
      let client = try broker.client()
      try client.send(.connect("slow", user: "slow", password: "wrong"), .publish("w", "x"))
      let packets = try client.rest()
      #expect(packets.map(\.type) == [2])
      #expect(packets.first?.body == [0, 4])
      #expect((broker.sum { $0.publishesReceivedQoS0.now }) == 0)
    }

    @Test
    func `clients that leave while they are judged leave nothing behind, and a stop waits for the judges`() throws {
      weak var kept: Authenticator?
      func once() throws {
        let broker = try TestBroker(shards: 2, authenticator: Self.authenticator())
        kept = broker.settings.authenticator
        for number in 0..<6 {
          let client = try broker.client()
          try client.send(.connect("gone-\(number)", user: "slow", password: "no-\(number)"))
          if number % 2 == 0 { client.close() } else { client.reset() }
        }
        try wait("they are gone") {
          (broker.sum { $0.connections.now }) == 6 && (broker.sum { $0.connectionsOpen.now }) == 0
        }
        let client = try broker.client()
        try client.connect("after")
        broker.group.stop()
        #expect(threads(named: "worker") == 0)
      }
      try once()
      #expect(kept == nil)
    }

    @Test
    func `a pool takes so many jobs and no more, and its threads end at the stop`() throws {
      let pool = WorkerPool()
      #expect(pool.start(threads: 2))
      try wait("the workers run") { threads(named: "worker") == 2 }
      let isOpen = Atomic(false)
      let started = Atomic(0)
      let done = Atomic(0)
      for _ in 0..<2 {
        let isTaken = pool.submit {
          started.add(1, ordering: .relaxed)
          while !isOpen.load(ordering: .relaxed) { usleep(1000) }
          done.add(1, ordering: .relaxed)
        }
        #expect(isTaken)
      }
      try wait("both workers are busy") { started.load(ordering: .relaxed) == 2 }
      var taken = 0
      while taken < 5000, pool.submit({ done.add(1, ordering: .relaxed) }) { taken += 1 }
      #expect(taken == 1000)
      isOpen.store(true, ordering: .relaxed)
      try wait("all jobs are done") { done.load(ordering: .relaxed) == 1002 }
      pool.stop()
      #expect(threads(named: "worker") == 0)
      #expect(!pool.submit {})
    }
  }
}
