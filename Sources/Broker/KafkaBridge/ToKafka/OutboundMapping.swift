internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// One mapping to Kafka, checked and parsed. Immutable but for its counters; shared by all shards.
final class OutboundMapping: Sendable {
  let index: Int
  let name: String
  let filter: TopicFilter
  let kafkaTopic: KafkaTopicTemplate
  var topic: Template { kafkaTopic.template }
  /// The template's text, for people.
  var topicText: String { kafkaTopic.text }
  /// nil: no key.
  let key: Template?
  let headers: [(name: [UInt8], value: Template)]
  let headerSet: ToKafkaMapping.HeaderSet
  /// Whether the publisher waits for Kafka.
  let promises: Bool
  /// Whether a 3.x publisher is acknowledged at once what can never be written.
  let acknowledgesRefused: Bool
  let counters = OutboundCounters()
  private let limiters = Mutex<[Telling: LogLimiter]>([:])

  /// What is told now and then, each with its own limiter.
  private enum Telling: Hashable {
    case refused(Refusal)
    case looped
    case hops
  }

  /// Throws the first thing that is wrong with the mapping.
  init(
    _ mapping: ToKafkaMapping, index: Int, levelsMax: Int = KafkaBridgeLimits().topicLevelsMax
  ) throws(MappingError) {
    self.index = index
    name = mapping.name
    let filter = try located(mapping.name, "filter") { () throws(MappingError) in
      let filter = try TopicFilter(mapping.filter)
      try filter.check(levelsMax: levelsMax)
      return filter
    }
    self.filter = filter
    let vocabulary = TemplateVocabulary.toKafka(captures: filter.captures)
    kafkaTopic = try located(mapping.name, "topic") { () throws(MappingError) in
      try KafkaTopicTemplate(mapping.topic, of: filter)
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
    acknowledgesRefused = mapping.permanentRefusal3x == .acknowledge
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
  /// - Parameters:
  ///   - topic: the MQTT topic, where it is known.
  ///   - kafkaTopic: the name that the template made; asked only when the line is written.
  ///   - client: who published, where it is known.
  ///   - bytes: the size of the record, where that is what was refused, and the most that is taken.
  func explain(
    _ refusal: Refusal, topic: UnsafeRawBufferPointer?, kafkaTopic: @autoclosure () -> String?,
    client: [UInt8] = [], bytes: (count: Int, max: Int?)? = nil, to log: any Log
  ) {
    tell(
      .refused(refusal), .warning, "a message was not taken to Kafka", topic, kafkaTopic(),
      [("reason", refusal.explanation)] + OutboundMapping.fields(of: bytes)
        + (client.isEmpty ? [] : [("client", String(decoding: client, as: UTF8.self))]), to: log)
  }

  private static func fields(of bytes: (count: Int, max: Int?)?) -> [(name: String, value: String)] {
    guard let bytes else { return [] }
    return [("bytes", String(bytes.count))] + (bytes.max.map { [("bytes_max", String($0))] } ?? [])
  }

  /// Says that the loop guard left a message out, within bounds.
  func tellLooped(topic: UnsafeRawBufferPointer, kafkaTopic: String, to log: any Log) {
    tell(
      .looped, .info, "the loop guard left out a message: it came from the Kafka topic that it would go to", topic,
      kafkaTopic, [], to: log)
  }

  /// Says that a message has gone from Kafka to Kafka too often, within bounds.
  func tellHopsExceeded(_ hops: Int, topic: UnsafeRawBufferPointer, kafkaTopic: String?, to log: any Log) {
    tell(
      .hops, .warning,
      "a message was not taken to Kafka again: it goes in a circle between Kafka topics and MQTT topics", topic,
      kafkaTopic, [("hops", String(hops))], to: log)
  }

  private func tell(
    _ telling: Telling, _ level: LogLevel, _ event: String, _ topic: UnsafeRawBufferPointer?,
    _ kafkaTopic: @autoclosure () -> String?, _ more: @autoclosure () -> [(name: String, value: String)],
    to log: any Log
  ) {
    guard log.level <= level else { return }
    let now = monotonicSeconds()
    let admitted = limiters.withLock { limiters in
      // Kafka has some hundred codes.
      limiters.count < 200 || limiters[telling] != nil
        ? limiters[telling, default: LogLimiter()].admit(atSeconds: now) : nil
    }
    guard let suppressed = admitted else { return }
    // Of a topic no more than the log takes.
    let shown = LogLine.valueBytesMax + 1
    var fields = [(name: "mapping", value: name), (name: "kafka_topic", value: kafkaTopic() ?? topicText)] + more()
    if let topic { fields.append(("topic", String(decoding: topic.prefix(shown), as: UTF8.self))) }
    if suppressed > 0 { fields.append(("more_since_last_time", String(suppressed))) }
    log.write(level, event, fields)
  }
}

/// Adds the place to an error.
func located<Value>(
  _ mapping: String, _ field: String, _ body: () throws(MappingError) -> Value
) throws(MappingError) -> Value {
  do { return try body() } catch { throw error.at(mapping, field) }
}
