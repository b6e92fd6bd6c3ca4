internal import BrokerCore
internal import KafkaClient

/// What a consumer's thread keeps between records: those of one partition follow each other, so that what belongs to it
/// is looked up once for all of them.
struct InboundReading: Sendable {
  var reader: RecordReader
  /// Batches for the shards, by their numbers, as far as they are begun.
  private var begun: [RecordBatch?]
  /// Those that are full, in the order in which they became so.
  private var full: [(shard: Int, batch: RecordBatch)] = []
  /// The Kafka topic of the present record.
  private(set) var source: SourceTopic?
  /// The number of its partition's assignment; nil when it has none.
  var number: Int32?

  private var identity = 0
  private var partition: Int32 = -1
  /// Topics by the consumer's cheap identity, of the partitions that it has now.
  private var topics: [Int: SourceTopic] = [:]
  private let instance: String
  private let hopsMax: Int
  // About what the last batch of a shard had: the next one begins with room for as much.
  private var recordsExpected = 0
  private var bytesExpected = 0

  init(reader: RecordReader, instance: String, hopsMax: Int, shardCount: Int) {
    self.reader = reader
    self.instance = instance
    self.hopsMax = hopsMax
    begun = Array(repeating: nil, count: shardCount)
  }

  /// Partitions were given out anew: topics may have other identities.
  mutating func forget() {
    topics = [:]
    partition = -1
  }

  /// What was read since the last time, by shard. What is assigned may be another thing afterwards.
  mutating func takeBatches() -> [(shard: Int, batch: RecordBatch)] {
    partition = -1
    var taken = full
    full = []
    for shard in begun.indices {
      if let batch = begun[shard] { taken.append((shard, batch)) }
      begun[shard] = nil
    }
    return taken
  }

  /// Turns to a record's partition, if it isn't that of the last one.
  @inline(__always)
  mutating func turn(to record: borrowing KafkaRecord, _ find: (KafkaTopicPartition) -> Int32?) {
    if record.topicIdentity == identity, record.partition == partition { return }
    identity = record.topicIdentity
    partition = record.partition
    let source = topics[identity] ?? SourceTopic(name: record.topic, instance: instance, hopsMax: hopsMax)
    topics[identity] = source
    self.source = source
    number = find(KafkaTopicPartition(topic: source.name, partition: partition))
  }

  /// A record's place, for people.
  func place(of record: borrowing KafkaRecord) -> String {
    "\(source?.name ?? "")/\(record.partition) offset \(record.offset)"
  }

  /// Adds the message that was read last to a shard's batch.
  @inline(__always)
  mutating func append(
    _ payload: UnsafeRawBufferPointer, at position: RecordPosition, by publisher: Publisher,
    from source: any RecordSource, to shard: Int, batchBytesMax: Int
  ) {
    if begun[shard] == nil {
      begun[shard] = RecordBatch(source: source, recordsExpected: recordsExpected, bytesExpected: bytesExpected)
    }
    reader.topic.withUnsafeBytes { topic in
      reader.properties.withUnsafeBytes { properties in
        begun[shard]?.append(
          topic: topic, properties: properties, payload: payload, qos: quality(ofLevel: reader.qos),
          isRetain: reader.isRetain, by: publisher, position: position)
      }
    }
    recordsExpected = begun[shard]?.count ?? 0
    bytesExpected = begun[shard]?.byteCount ?? 0
    guard bytesExpected > batchBytesMax, let batch = begun[shard] else { return }
    full.append((shard, batch))
    begun[shard] = nil
  }
}
