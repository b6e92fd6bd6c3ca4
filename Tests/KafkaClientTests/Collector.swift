import Foundation
import KafkaClient

/// Gathers what other threads tell, and waits for it with a deadline.
final class Collector<Item: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var gathered: [Item] = []

  var items: [Item] { condition.withLock { gathered } }

  func add(_ new: some Sequence<Item>) {
    condition.withLock {
      gathered += new
      condition.broadcast()
    }
  }

  /// The items once `isDone` says so, or nil after the deadline.
  func wait(seconds: Double = 30, until isDone: ([Item]) -> Bool) -> [Item]? {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isDone(gathered) {
      if !condition.wait(until: deadline) { return isDone(gathered) ? gathered : nil }
    }
    return gathered
  }
}

struct ReadHeader: Sendable, Equatable {
  var name: [UInt8]
  var value: [UInt8]?
}

struct ReadRecord: Sendable, Equatable {
  var place: KafkaTopicPartition
  var offset: Int64
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [ReadHeader] = []
}

/// Copies every record.
final class CollectingHandler: KafkaConsumerHandler {
  let records = Collector<ReadRecord>()
  let assigned = Collector<KafkaTopicPartition>()
  /// What it has after each change.
  let held = Collector<Set<KafkaTopicPartition>>()
  let errors = Collector<KafkaError>()

  func received(_ batch: borrowing KafkaRecordBatch) {
    var copies: [ReadRecord] = []
    batch.forEach { record in
      var copy = ReadRecord(
        place: KafkaTopicPartition(topic: record.topic, partition: record.partition), offset: record.offset,
        key: record.key.map { Array($0) }, value: record.value.map { Array($0) })
      record.forEachHeader { name, value in
        copy.headers.append(ReadHeader(name: Array(name), value: value.map { Array($0) }))
        return true
      }
      copies.append(copy)
    }
    records.add(copies)
  }
  // One thread calls both.
  func assigned(_ partitions: [KafkaTopicPartition]) {
    assigned.add(partitions)
    held.add([(held.items.last ?? []).union(partitions)])
  }
  func revoked(_ partitions: [KafkaTopicPartition]) { held.add([(held.items.last ?? []).subtracting(partitions)]) }
  func failed(_ error: KafkaError) { errors.add([error]) }
}

extension KafkaProducer {
  func send(
    _ topic: KafkaTopic, key: [UInt8]?, value: [UInt8]?, headers: [ReadHeader] = [], opaque: UInt64 = 0,
    lifetimeSeconds: UInt32? = nil
  ) -> ProduceResult {
    func with(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> ProduceResult) -> ProduceResult {
      guard let bytes else { return body(nil) }
      return bytes.withUnsafeBytes { body($0) }
    }
    return with(key) { key in
      with(value) { value in
        if headers.isEmpty {
          return produce(
            topic: topic, key: key, value: value, headers: nil, opaque: opaque, lifetimeSeconds: lifetimeSeconds)
        }
        var list = KafkaHeaders(capacity: headers.count)
        for header in headers {
          header.name.withUnsafeBytes { name in
            if let value = header.value {
              value.withUnsafeBytes { list.add(name: name, value: $0) }
            } else {
              list.add(name: name, value: nil)
            }
          }
        }
        return produce(
          topic: topic, key: key, value: value, headers: list, opaque: opaque, lifetimeSeconds: lifetimeSeconds)
      }
    }
  }
}
