import BrokerCore
import Foundation
import Synchronization

@testable import KafkaBridge

/// A record as shards got it, without keeping its source alive, which keeps the shards.
struct GotRecord: Sendable {
  let message: Message
  let position: RecordPosition
  weak let source: (any RecordSource)?
}

/// Shards that only remember what they are told, and tell back that records are done if they should.
final class FakeMailboxes: ShardMailboxes, @unchecked Sendable {
  let shardCount: Int
  let completesAtOnce: Bool
  private let condition = NSCondition()
  private var gotDischarges: [Discharge] = []
  private var gotRecords: [GotRecord] = []

  init(shardCount: Int = 2, completesAtOnce: Bool = true) {
    self.shardCount = shardCount
    self.completesAtOnce = completesAtOnce
  }

  var discharges: [Discharge] { condition.withLock { gotDischarges } }
  var records: [GotRecord] { condition.withLock { gotRecords } }

  func post(discharges: [Discharge], to shard: Int) {
    condition.withLock {
      gotDischarges += discharges
      condition.broadcast()
    }
  }

  func post(records: RecordBatch, to shard: Int) {
    let source = records.source
    let records = records.messages
    if completesAtOnce { source.completed(records.map(\.position)) }
    condition.withLock {
      gotRecords += records.map { GotRecord(message: $0.message, position: $0.position, source: source) }
      condition.broadcast()
    }
  }

  /// True once `isDone`, false after the deadline.
  func wait(seconds: Double = 60, until isDone: (_ discharges: [Discharge], _ records: [GotRecord]) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isDone(gotDischarges, gotRecords) {
      if !condition.wait(until: deadline) { return isDone(gotDischarges, gotRecords) }
    }
    return true
  }
}

/// Remembers what was logged.
final class MemoryLog: Log {
  let level = LogLevel.debug
  private let lines = Mutex<[String]>([])
  var text: [String] { lines.withLock { $0 } }
  func write(_ level: LogLevel, _ event: String, _ fields: [(name: String, value: String)]) {
    let line = "\(level) \(event) " + fields.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    lines.withLock { $0.append(line) }
  }
}

extension KafkaBridge {
  /// Connects and starts, as with shards that run already.
  func start(mailboxes: any ShardMailboxes) throws {
    connect(mailboxes: mailboxes)
    try start()
  }

  /// Plans and forwards one publish, as a shard does.
  func publish(
    _ topic: String, _ payload: [UInt8] = [1], properties: [UInt8] = [], qos: UInt8 = 1, isRetain: Bool = false,
    by publisher: Publisher = Publisher(clientID: Array("c1".utf8), userName: []), expirySeconds: UInt32? = nil,
    token: ObligationToken = .none
  ) -> ForwardOutcome? {
    Array(topic.utf8).withUnsafeBytes { topic in
      guard let plan = plan(topic: topic) else { return nil }
      return payload.withUnsafeBytes { payload in
        properties.withUnsafeBytes { properties in
          withExtendedLifetime(publisher) {
            let view = PublishView(
              topic: topic, payload: payload, properties: properties, qos: quality(ofLevel: qos), isRetain: isRetain,
              expirySeconds: expirySeconds, by: publisher)
            return forward(view, on: plan, token: token)
          }
        }
      }
    }
  }

  /// The counters of one mapping.
  func counters(_ name: String, _ direction: MappingCounters.Direction = .toKafka) -> MappingCounters? {
    snapshot().first { $0.name == name && $0.direction == direction }
  }
}

/// Asks again until it is so, or a deadline has passed: for what nobody tells.
func eventually(seconds: Double = 30, _ isSo: () -> Bool) -> Bool {
  let deadline = Date(timeIntervalSinceNow: seconds)
  while !isSo() {
    if Date() > deadline { return false }
    usleep(10_000)
  }
  return true
}
