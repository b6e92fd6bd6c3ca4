import BrokerCore
import EventLoop
import MQTTCodec
import Security
import Synchronization
import Testing

@testable import Transport

extension TransportTests {
  /// What is on its way to a shard when it stops.
  @Suite struct Stop {
    private final class Source: RecordSource {
      let done = Mutex<[Int64]>([])
      func pressure(on partition: Int32) -> PartitionPressure? { nil }

      func completed(_ positions: [RecordPosition]) { done.withLock { $0 += positions.map(\.offset) } }
    }

    private func record(_ offset: Int64, _ source: Source) -> RecordBatch {
      var batch = RecordBatch(source: source)
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      withUnsafeBytes(of: UInt8(0x61)) { topic in
        batch.append(
          topic: topic, properties: nothing, payload: nothing, qos: .atLeastOnce, isRetain: false,
          by: Publisher(kafkaTopic: "t"), position: RecordPosition(partition: 0, offset: offset))
      }
      return batch
    }

    @Test
    func `a record behind the end is nobody's, and so not done`() throws {
      let group = ShardGroup(
        state: BrokerState(limits: Limits(), outlet: nil, log: TestLog()), policy: try AccessPolicy())
      let settings = ListenerSettings(
        name: "test", address: try #require(SocketAddress("127.0.0.1:0")), tls: nil,
        authenticator: Authenticator(AuthenticationPolicy(allowsAnonymous: true)), limits: Limits())
      _ = try group.open(shards: 1, listeners: [settings])
      let source = Source()
      let shard = group.shards[0]
      group.post(records: record(1, source), to: 0)
      shard.mailbox.post(.stop)
      group.post(records: record(2, source), to: 0)
      #expect(shard.runRound())
      group.post(records: record(3, source), to: 0)
      group.stop()
      #expect(source.done.withLock { $0 } == [1])
    }

    @Test
    func `nobody is let in before the group runs, and what was posted before is handled then`() throws {
      let group = ShardGroup(
        state: BrokerState(limits: Limits(), outlet: nil, log: TestLog()), policy: try AccessPolicy())
      let settings = ListenerSettings(
        name: "test", address: try #require(SocketAddress("127.0.0.1:0")), tls: nil,
        authenticator: Authenticator(AuthenticationPolicy(allowsAnonymous: true)), limits: Limits())
      let port = try #require(try group.open(shards: 2, listeners: [settings])["test"]?.port)
      let client = try SocketClient(port: port)
      try client.send(.connect("early"))
      let source = Source()
      group.post(records: record(1, source), to: 1)
      #expect(group.counters.allSatisfy { $0.connections.now == 0 })
      try group.run()
      try client.expectConnack()
      try wait("the record is done") { source.done.withLock { $0 } == [1] }
      group.stop()
    }
  }
}
