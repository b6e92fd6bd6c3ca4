import Foundation
import KafkaClient

/// One record as any consumer sees it.
struct RawRecord: Sendable {
  var key: [UInt8]?
  var value: [UInt8]?
  /// `name=value`, in their order.
  var headers: [String] = []
}

/// Reads topics from their beginning, beside the bridge.
final class RawReader: KafkaConsumerHandler, @unchecked Sendable {
  private let condition = NSCondition()
  private var gathered: [RawRecord] = []

  /// The records once there are so many, or nil after a deadline.
  static func read(_ topic: String, count: Int, from kafka: EmbeddedKafka) throws -> [RawRecord]? {
    let reader = RawReader()
    let consumer = try KafkaConsumer(
      configuration: KafkaConfiguration(bootstrapServers: kafka.bootstrapServers),
      membership: KafkaMembership(group: "raw-\(UUID())"),
      topics: [try KafkaTopicPattern(topic)], log: { _ in }, handler: reader)
    try consumer.start()
    defer { consumer.close(timeoutSeconds: 5) }
    return reader.wait(count: count)
  }

  private func wait(count: Int) -> [RawRecord]? {
    let deadline = Date(timeIntervalSinceNow: 60)
    return condition.withLock {
      while gathered.count < count {
        if !condition.wait(until: deadline) { return nil }
      }
      return gathered
    }
  }

  func received(_ batch: borrowing KafkaRecordBatch) {
    var copies: [RawRecord] = []
    batch.forEach { record in
      var copy = RawRecord(key: record.key.map { Array($0) }, value: record.value.map { Array($0) })
      record.forEachHeader { name, value in
        copy.headers.append(
          String(decoding: name, as: UTF8.self) + "="
            + String(decoding: value ?? .init(start: nil, count: 0), as: UTF8.self))
        return true
      }
      copies.append(copy)
    }
    condition.withLock {
      gathered += copies
      condition.broadcast()
    }
  }

  func assigned(_ partitions: [KafkaTopicPartition]) {}
  func revoked(_ partitions: [KafkaTopicPartition]) {}
  func failed(_ error: KafkaError) {}
}
