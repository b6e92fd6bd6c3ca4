import BrokerCore
import MQTTCodec
import Synchronization

/// A consumer of records that remembers which were completed.
final class FakeSource: RecordSource {
  private let offsets = Mutex<[Int64]>([])
  private let highestReceived = Mutex<Int64?>(nil)
  private let opened = Mutex<Int>(0)
  private let wasFull = Mutex<Bool>(false)
  /// The partition is full when so many records are open; never, unless a test says so.
  let openRecordsMax = Mutex<Int>(.max)

  /// Offsets of completed records, in the order in which they were told.
  var completed: [Int64] { offsets.withLock { $0 } }

  func completed(_ positions: [RecordPosition]) {
    offsets.withLock { $0 += positions.map(\.offset) }
    for position in positions where position.isReceived {
      highestReceived.withLock { $0 = max($0 ?? position.offset, position.offset) }
    }
  }

  func pressure(on partition: Int32) -> PartitionPressure? {
    let open = opened.withLock { $0 } - completed.count
    let openMax = openRecordsMax.withLock { $0 }
    // It takes no more until half is done.
    let isFull = wasFull.withLock { wasFull in
      wasFull = wasFull ? open > openMax / 2 : open >= openMax
      return wasFull
    }
    return PartitionPressure(isFull: isFull, openRecords: open, highestReceived: highestReceived.withLock { $0 })
  }

  func record(
    _ topic: String, _ payload: String, offset: Int64, qos: QoS = .atLeastOnce, expiresAtMilliseconds: Int64? = nil
  ) -> SourceRecord {
    opened.withLock { $0 += 1 }
    let message = Message(
      topic: Array(topic.utf8), payload: Array(payload.utf8), qos: qos, expiresAtMilliseconds: expiresAtMilliseconds,
      by: Publisher(kafkaTopic: "records"))
    return SourceRecord(message: message, position: RecordPosition(partition: 0, offset: offset), source: self)
  }
}

/// One record, for a test to put into a batch.
struct SourceRecord {
  let message: Message
  let position: RecordPosition
  let source: any RecordSource
}

extension ShardMail {
  /// A batch of these records, which have one source.
  static func records(_ all: [SourceRecord]) -> ShardMail {
    var batch = RecordBatch(source: all.first?.source ?? FakeSource())
    for record in all {
      let message = record.message
      message.withParts { topic, properties, payload in
        batch.append(
          topic: topic, properties: properties, payload: payload, qos: message.qos, isRetain: message.isRetain,
          expiresAtMilliseconds: message.expiresAtMilliseconds, by: message.publisher, position: record.position)
      }
    }
    return .records(batch)
  }
}
