internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// One mapping to Kafka, checked and parsed. Immutable but for its counters; shared by all shards.
final class OutboundMapping: Sendable {
  let index: Int
  let name: String
  let filter: TopicFilter
  let topic: Template
  /// The template's text, for people.
  let topicText: String
  /// nil: no key.
  let key: Template?
  let headers: [(name: [UInt8], value: Template)]
  let headerSet: ToKafkaMapping.HeaderSet
  /// Whether the publisher waits for Kafka.
  let promises: Bool
  let counters = OutboundCounters()
  private let limiters = Mutex<[Refusal: LogLimiter]>([:])

  /// Throws the first thing that is wrong with the mapping.
  init(_ mapping: ToKafkaMapping, index: Int) throws(MappingError) {
    self.index = index
    name = mapping.name
    topicText = mapping.topic
    let filter = try located(mapping.name, "filter") { () throws(MappingError) in try TopicFilter(mapping.filter) }
    self.filter = filter
    let vocabulary = TemplateVocabulary.toKafka(captures: filter.captures)
    topic = try located(mapping.name, "topic") { () throws(MappingError) in
      let topic = try Template(mapping.topic, vocabulary)
      if let constant = topic.constant, !KafkaTopic.isLegal(name: constant) {
        throw MappingError("\"\(mapping.topic)\" can't be a Kafka topic: 1 to 249 of a-z A-Z 0-9 . _ - are allowed")
      }
      return topic
    }
    key = try located(mapping.name, "key") { () throws(MappingError) in
      mapping.key.isEmpty ? nil : try Template(mapping.key, vocabulary)
    }
    var headers: [(name: [UInt8], value: Template)] = []
    for header in mapping.headers {
      let value = try located(mapping.name, "headers.\(header.name)") { () throws(MappingError) in
        try OutboundMapping.check(header: header.name)
        return try Template(header.template, vocabulary)
      }
      headers.append((Array(header.name.utf8), value))
    }
    self.headers = headers
    headerSet = mapping.headerSet
    guard mapping.acknowledge != .journal else {
      throw MappingError(
        mapping: name, field: "acknowledge", "journal is not available: there is no journal yet; use kafka or receipt")
    }
    promises = mapping.acknowledge == .kafka
  }

  private static func check(header: String) throws(MappingError) {
    guard !header.isEmpty, !header.utf8.contains(0), header.utf8.count <= 255 else {
      throw MappingError("a header's name is 1 to 255 bytes without NUL")
    }
    guard !header.hasPrefix("mqtt."), !header.hasPrefix("sluice.") else {
      throw MappingError("names that begin with mqtt. or sluice. are written by Sluice itself: choose another")
    }
  }

  /// Says to the log that something was refused, within bounds.
  func explain(_ refusal: Refusal, topic: UnsafeRawBufferPointer?, to log: any Log) {
    guard log.level <= .warning else { return }
    let now = monotonicSeconds()
    let admitted = limiters.withLock { limiters in
      // Kafka has some hundred codes.
      limiters.count < 200 ? limiters[refusal, default: LogLimiter()].admit(atSeconds: now) : nil
    }
    guard let suppressed = admitted else { return }
    var fields = [
      (name: "mapping", value: name), (name: "kafka_topic", value: topicText),
      (name: "reason", value: refusal.explanation),
    ]
    if let topic { fields.append(("topic", String(decoding: topic.prefix(200), as: UTF8.self))) }
    if suppressed > 0 { fields.append(("more_since_last_time", String(suppressed))) }
    log.write(.warning, "a message was not taken to Kafka", fields)
  }
}

/// Adds the place to an error.
func located<Value>(
  _ mapping: String, _ field: String, _ body: () throws(MappingError) -> Value
) throws(MappingError) -> Value {
  do { return try body() } catch { throw error.at(mapping, field) }
}
