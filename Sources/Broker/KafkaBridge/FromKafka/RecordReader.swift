internal import BrokerCore
internal import KafkaClient

/// Makes MQTT messages of the records of one mapping; the records are bytes from outside. It holds the parts of the
/// last message, in buffers that the next one uses again, so that a record costs no allocation.
struct RecordReader: Sendable {
  /// What becomes of one record.
  enum Outcome {
    /// A message of this publisher, whose parts are ``RecordReader/topic``, ``RecordReader/properties`` and the
    /// record's value, and what of the record it can't carry.
    case message(by: Publisher, leftOut: PropertiesWriter.LeftOut?, leftOutCount: Int)
    /// This broker wrote it to this topic: the loop guard leaves it out.
    case looped
    case skipped(SkipReason, showsTopic: Bool)
  }

  let template: PublishTemplate
  let qos: UInt8
  let isRetain: Bool
  let userPropertiesMax: Int
  let topicLevelsMax: Int
  private(set) var topic: [UInt8] = []
  private(set) var properties: [UInt8] = []

  init(template: PublishTemplate, qos: UInt8, isRetain: Bool, userPropertiesMax: Int, topicLevelsMax: Int) {
    self.template = template
    self.qos = qos
    self.isRetain = isRetain
    self.userPropertiesMax = userPropertiesMax
    self.topicLevelsMax = topicLevelsMax
  }

  /// Bytes of the last message without its payload.
  var byteCount: Int { topic.count &+ properties.count }

  /// Most bytes behind the fixed header of an MQTT packet (MQTT 5.0 section 1.5.5).
  static let remainingLengthMax = 268_435_455
  /// What a PUBLISH has beside topic, properties and payload: two lengths, and a packet identifier.
  private static let overheadBytes = 8

  mutating func read(_ record: borrowing KafkaRecord, from source: SourceTopic) -> Outcome {
    var values = PublishTemplate.Values(
      key: record.key, headers: Array(repeating: nil, count: template.headerNames.count), topic: source.name,
      partition: record.partition, offset: record.offset)
    var properties = PropertiesWriter(userPropertiesMax: userPropertiesMax)
    var hops = 0
    var isLooped = false
    record.forEachHeader { name, value in
      for (index, wanted) in template.headerNames.enumerated() where wanted.elementsEqual(name) {
        values.headers[index] = value
      }
      if !RecordHeaderNames.isOwn(name) {
        properties.user(name, value)
      } else if RecordHeaderNames.origin == name {
        isLooped = isLooped || value?.elementsEqual(source.origin) ?? false
      } else if RecordHeaderNames.hops == name {
        // Of several the largest: what copied them may have merged records.
        if let value { hops = max(hops, RecordOrigin.hops(value)) }
      } else {
        properties.own(name, value)
      }
      return !isLooped
    }
    if isLooped { return .looped }
    if let reason = template.render(values, into: &topic) { return .skipped(reason, showsTopic: false) }
    if template.holdsManyLevels, let reason = depth(of: topic) { return .skipped(reason, showsTopic: true) }
    // A tombstone has no value: its message is empty, which removes a retained one.
    let payload = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    self.properties = properties.finish(payload: payload)
    let size = byteCount + payload.count + RecordReader.overheadBytes
    guard size <= RecordReader.remainingLengthMax else {
      return .skipped(.tooLarge(bytes: size, max: RecordReader.remainingLengthMax), showsTopic: true)
    }
    return .message(
      by: source.publisher(hops: hops), leftOut: properties.leftOut, leftOutCount: properties.leftOutCount)
  }

  private func depth(of topic: [UInt8]) -> SkipReason? {
    var levels = 1
    for byte in topic where byte == UInt8(ascii: "/") { levels += 1 }
    return levels > topicLevelsMax ? .tooManyLevels(levels, max: topicLevelsMax) : nil
  }
}
