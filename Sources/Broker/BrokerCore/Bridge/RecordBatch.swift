public import MQTTCodec

/// Records from Kafka on their way from a consumer's thread to a shard: one allocation for the bytes of all of them, so
/// that a record costs none by itself.
///
/// A message of its own is made of a record only where somebody keeps it.
public struct RecordBatch: Sendable {
  /// One record: where its parts lie in ``RecordBatch/bytes``, and what it is.
  struct Record: Sendable {
    let start: Int
    let topicCount: Int32
    let propertiesCount: Int32
    let payloadCount: Int32
    /// Whose it is, in ``RecordBatch/publishers``.
    let publisher: Int32
    let position: RecordPosition
    let qos: QoS
    let isRetain: Bool
    /// As ``Message/expiresAtMilliseconds``.
    let expiresAtMilliseconds: Int64?
  }

  /// Whom to tell when all obligations of a record are discharged.
  public let source: any RecordSource
  /// Topic, properties and payload of each record, one after the other.
  private(set) var bytes: [UInt8] = []
  private(set) var records: [Record] = []
  private(set) var publishers: [Publisher] = []

  /// An empty batch with room for so many records and bytes.
  public init(source: any RecordSource, recordsExpected: Int = 0, bytesExpected: Int = 0) {
    self.source = source
    records.reserveCapacity(recordsExpected)
    bytes.reserveCapacity(bytesExpected)
  }

  /// How many records are in it.
  public var count: Int { records.count }

  /// Bytes of their topics, properties and payloads.
  public var byteCount: Int { bytes.count }

  /// Adds a record. `topic` must be a valid topic name, `properties` are as in ``PublishView/properties``; both and the
  /// payload are copied. The position is told back once.
  public mutating func append(
    topic: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, qos: QoS,
    isRetain: Bool, expiresAtMilliseconds: Int64? = nil, by publisher: Publisher, position: RecordPosition
  ) {
    // Nearly always all records of a batch have one publisher: that of their Kafka topic.
    if publishers.last !== publisher { publishers.append(publisher) }
    records.append(
      Record(
        start: bytes.count, topicCount: Int32(clamping: topic.count),
        propertiesCount: Int32(clamping: properties.count),
        payloadCount: Int32(clamping: payload.count), publisher: Int32(truncatingIfNeeded: publishers.count - 1),
        position: position, qos: qos, isRetain: isRetain, expiresAtMilliseconds: expiresAtMilliseconds))
    bytes.append(contentsOf: topic)
    if !properties.isEmpty { bytes.append(contentsOf: properties) }
    bytes.append(contentsOf: payload)
  }

  /// A message for each record with its position, for whoever doesn't publish them.
  public var messages: [(message: Message, position: RecordPosition)] {
    records.map { record in
      let propertiesStart = record.start + Int(record.topicCount)
      let payloadStart = propertiesStart + Int(record.propertiesCount)
      let message = Message(
        topic: bytes[record.start..<propertiesStart],
        payload: bytes[payloadStart..<(payloadStart + Int(record.payloadCount))],
        properties: bytes[propertiesStart..<payloadStart], qos: record.qos, isRetain: record.isRetain,
        expiresAtMilliseconds: record.expiresAtMilliseconds, by: publishers[Int(record.publisher)])
      return (message, record.position)
    }
  }
}
