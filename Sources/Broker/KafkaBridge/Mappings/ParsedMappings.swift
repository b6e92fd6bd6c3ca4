internal import KafkaClient

/// All mappings of a bridge, checked and parsed.
struct ParsedMappings: Sendable {
  struct Inbound: Sendable {
    let source: FromKafkaMapping
    let topic: KafkaTopicPattern
    let template: PublishTemplate

    init(_ mapping: FromKafkaMapping, levelsMax: Int) throws(MappingError) {
      source = mapping
      topic = try located(mapping.name, "topic") { () throws(MappingError) in
        do throws(KafkaPatternError) {
          return try KafkaTopicPattern(mapping.topic)
        } catch { throw MappingError(offset: error.offset, error.reason) }
      }
      template = try located(mapping.name, "publish") { () throws(MappingError) in
        try PublishTemplate(mapping.publish, levelsMax: levelsMax)
      }
      guard mapping.qos <= 2 else {
        throw MappingError(mapping: mapping.name, field: "qos", "qos is 0, 1 or 2, not \(mapping.qos)")
      }
      guard !mapping.group.isEmpty else {
        throw MappingError(mapping: mapping.name, field: "group", "the group is empty")
      }
    }

    /// Whether it may read a topic that a mapping to Kafka writes.
    func mayRead(_ other: KafkaTopicTemplate) -> Bool {
      guard other.isNamed else { return false }
      return topic.isExpression ? other.samples.contains { topic.matches($0) } : other.mayGive(Array(topic.text.utf8))
    }
  }

  let outbound: [OutboundMapping]
  let inbound: [Inbound]

  init(_ configuration: KafkaBridgeConfiguration) throws(MappingError) {
    let levelsMax = configuration.limits.topicLevelsMax
    var outbound: [OutboundMapping] = []
    for mapping in configuration.toKafka {
      outbound.append(try OutboundMapping(mapping, index: outbound.count, levelsMax: levelsMax))
    }
    self.outbound = outbound
    var inbound: [Inbound] = []
    for mapping in configuration.fromKafka { inbound.append(try Inbound(mapping, levelsMax: levelsMax)) }
    self.inbound = inbound
  }

  static func check(_ configuration: KafkaBridgeConfiguration) -> [MappingError] {
    let levelsMax = configuration.limits.topicLevelsMax
    var errors: [MappingError] = []
    func note(_ body: () throws(MappingError) -> Void) { do { try body() } catch { errors.append(error) } }
    for mapping in configuration.toKafka {
      note { () throws(MappingError) in _ = try OutboundMapping(mapping, index: 0, levelsMax: levelsMax) }
    }
    for mapping in configuration.fromKafka {
      note { () throws(MappingError) in _ = try Inbound(mapping, levelsMax: levelsMax) }
    }
    for names in [configuration.toKafka.map(\.name), configuration.fromKafka.map(\.name)] {
      var seen: Set<String> = []
      for name in names {
        if name.isEmpty { errors.append(MappingError("a mapping has no name")) }
        if !seen.insert(name).inserted {
          errors.append(MappingError(mapping: name, field: "name", "two mappings of one direction are named \(name)"))
        }
      }
      if names.count > KafkaBridgeLimits.mappingsMax {
        errors.append(
          MappingError("\(names.count) mappings of one direction; at most \(KafkaBridgeLimits.mappingsMax) are allowed")
        )
      }
    }
    if configuration.origin.isEmpty { errors.append(MappingError("the origin is empty: the loop guard needs a name")) }
    return errors + sharedGroups(configuration.fromKafka)
  }

  /// What is allowed and probably not meant; nothing for mappings that are wrong.
  static func warnings(_ configuration: KafkaBridgeConfiguration) -> [MappingWarning] {
    guard let parsed = try? ParsedMappings(configuration) else { return [] }
    var warnings: [MappingWarning] = []
    for mapping in parsed.outbound {
      let topic = mapping.kafkaTopic
      if let doubt = topic.doubt {
        warnings.append(MappingWarning(mapping: mapping.name, field: "topic", message: doubt))
      }
      for reader in parsed.inbound where reader.mayRead(topic) {
        warnings.append(
          MappingWarning(
            mapping: mapping.name, field: "topic",
            message:
              "the mapping \(reader.source.name) reads this Kafka topic (\(reader.source.topic)): it is mapped "
              + "both ways, and the loop guard leaves out what Sluice wrote there itself and what came from there; "
              + "if other messages than those are meant to go each way, use two topics"))
      }
    }
    return warnings
  }

  /// Members of one group share the partitions of a topic, so that each of two mappings would see only a part of the
  /// records.
  private static func sharedGroups(_ mappings: [FromKafkaMapping]) -> [MappingError] {
    var errors: [MappingError] = []
    for (index, first) in mappings.enumerated() {
      for second in mappings[(index + 1)...] where first.group == second.group && first.name != second.name {
        let mayMeet = first.topic == second.topic || first.topic.hasPrefix("^") || second.topic.hasPrefix("^")
        guard mayMeet else { continue }
        errors.append(
          MappingError(
            mapping: second.name, field: "group",
            "\(first.name) and \(second.name) may read the same topic in the group \(second.group), and "
              + "each would get a part of its records: give one of them another group"))
      }
    }
    return errors
  }
}
