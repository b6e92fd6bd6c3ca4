internal import BrokerCore
internal import KafkaClient

/// Makes MQTT messages of the records of one mapping. Without state; the records are bytes from outside.
struct RecordReader: Sendable {
  /// What becomes of one record.
  enum Outcome {
    /// A message, and what of the record it can't carry.
    case message(Message, leftOut: PropertiesWriter.LeftOut?, leftOutCount: Int)
    /// This broker wrote it to this topic: the loop guard leaves it out.
    case looped
    case skipped(SkipReason, topic: [UInt8]?)
  }

  let template: PublishTemplate
  let qos: UInt8
  let isRetain: Bool
  let userPropertiesMax: Int
  let topicLevelsMax: Int

  /// Most bytes behind the fixed header of an MQTT packet (MQTT 5.0 section 1.5.5).
  static let remainingLengthMax = 268_435_455
  /// What a PUBLISH has beside topic, properties and payload: two lengths, and a packet identifier.
  private static let overheadBytes = 8

  func read(_ record: borrowing KafkaRecord, from source: SourceTopic) -> Outcome {
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
    switch template.render(values) {
    case .failure(let reason): return .skipped(reason, topic: nil)
    case .success(let topic):
      if template.holdsManyLevels, let reason = depth(of: topic) { return .skipped(reason, topic: topic) }
      // A tombstone has no value: its message is empty, which removes a retained one.
      let payload = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
      let encoded = properties.finish(payload: payload)
      let size = topic.count + encoded.count + payload.count + RecordReader.overheadBytes
      guard size <= RecordReader.remainingLengthMax else {
        return .skipped(.tooLarge(bytes: size, max: RecordReader.remainingLengthMax), topic: topic)
      }
      let message = Message(
        topic: topic, payload: payload, properties: encoded, qos: quality(ofLevel: qos), isRetain: isRetain,
        by: source.publisher(hops: hops))
      return .message(message, leftOut: properties.leftOut, leftOutCount: properties.leftOutCount)
    }
  }

  private func depth(of topic: [UInt8]) -> SkipReason? {
    var levels = 1
    for byte in topic where byte == UInt8(ascii: "/") { levels += 1 }
    return levels > topicLevelsMax ? .tooManyLevels(levels, max: topicLevelsMax) : nil
  }
}
