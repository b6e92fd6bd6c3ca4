import BrokerCore
import MQTTCodec
import Synchronization

/// A consumer of records that remembers which were completed.
final class FakeSource: RecordSource {
  private let offsets = Mutex<[Int64]>([])

  /// Offsets of completed records, in the order in which they were told.
  var completed: [Int64] { offsets.withLock { $0 } }

  func completed(_ positions: [RecordPosition]) {
    offsets.withLock { $0 += positions.map(\.offset) }
  }

  func record(
    _ topic: String, _ payload: String, offset: Int64, qos: QoS = .atLeastOnce, expiresAtMilliseconds: Int64? = nil
  ) -> SourceRecord {
    let message = Message(
      topic: Array(topic.utf8), payload: Array(payload.utf8), qos: qos, expiresAtMilliseconds: expiresAtMilliseconds,
      by: Publisher(kafkaTopic: "records"))
    return SourceRecord(message: message, position: RecordPosition(partition: 0, offset: offset), source: self)
  }
}
