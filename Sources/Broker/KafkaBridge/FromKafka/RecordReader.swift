internal import BrokerCore
internal import KafkaClient

/// Makes MQTT messages of the records of one mapping. Without state; the records are bytes from outside.
struct RecordReader: Sendable {
  /// What becomes of one record.
  enum Outcome {
    case message(Message)
    /// This broker wrote it: the loop guard leaves it out.
    case looped
    case skipped(SkipReason)
  }

  let template: PublishTemplate
  let qos: UInt8
  let isRetain: Bool
  let origin: [UInt8]
  let userPropertiesMax: Int

  func read(_ record: borrowing KafkaRecord, topic: String, publisher: Publisher) -> Outcome {
    var values = PublishTemplate.Values(
      key: record.key, headers: Array(repeating: nil, count: template.headerNames.count), topic: topic,
      partition: record.partition, offset: record.offset)
    var properties = PropertiesWriter()
    var userCount = 0
    var isLooped = false
    record.forEachHeader { name, value in
      if RecordHeaderNames.origin == name, let value, value.elementsEqual(origin) {
        isLooped = true
        return false
      }
      for (index, wanted) in template.headerNames.enumerated() where wanted.elementsEqual(name) {
        values.headers[index] = value
      }
      if let value { add(name, value, to: &properties, &userCount) }
      return true
    }
    if isLooped { return .looped }
    switch template.render(values) {
    case .failure(let error): return .skipped(error.reason)
    case .success(let text):
      // A tombstone has no value: its message is empty, which removes a retained one.
      let payload = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
      return .message(
        Message(
          topic: text, payload: payload, properties: properties.bytes, qos: quality(ofLevel: qos), isRetain: isRetain,
          by: publisher))
    }
  }

  /// Rebuilds a property from a header. Headers of Sluice that say who published are no properties.
  private func add(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to properties: inout PropertiesWriter,
    _ userCount: inout Int
  ) {
    typealias Names = RecordHeaderNames
    var name = name
    if Names.isOwn(name) {
      if Names.contentType == name {
        properties.text(PublishProperties.contentTypeIdentifier, value)
      } else if Names.responseTopic == name {
        addResponseTopic(value, to: &properties)
      } else if Names.correlationData == name {
        properties.correlationData(value)
      } else if Names.payloadFormat == name, value.elementsEqual([UInt8(ascii: "1")]) {
        properties.payloadFormat(1)
      }
      guard Names.escape.begins(name) else { return }
      name = UnsafeRawBufferPointer(rebasing: name[Names.escape.count...])
    }
    guard userCount < userPropertiesMax else { return }
    userCount += 1
    properties.user(name: name, value: value)
  }

  /// A response topic with wildcards is a protocol error (MQTT-3.3.2-14).
  private func addResponseTopic(_ value: UnsafeRawBufferPointer, to properties: inout PropertiesWriter) {
    guard value.count > 0, !value.contains(UInt8(ascii: "+")), !value.contains(UInt8(ascii: "#")) else { return }
    properties.text(PublishProperties.responseTopicIdentifier, value)
  }
}
