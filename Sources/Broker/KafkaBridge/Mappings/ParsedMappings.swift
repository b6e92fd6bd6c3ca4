internal import KafkaClient

/// All mappings of a bridge, checked and parsed.
struct ParsedMappings: Sendable {
  struct Inbound: Sendable {
    let source: FromKafkaMapping
    let topic: KafkaTopicPattern
    let template: PublishTemplate

    init(_ mapping: FromKafkaMapping) throws(MappingError) {
      source = mapping
      topic = try located(mapping.name, "topic") { () throws(MappingError) in
        do throws(KafkaError) {
          return try KafkaTopicPattern(mapping.topic)
        } catch { throw MappingError(error.reason) }
      }
      template = try located(mapping.name, "publish") { () throws(MappingError) in try PublishTemplate(mapping.publish)
      }
      guard mapping.qos <= 2 else {
        throw MappingError(mapping: mapping.name, field: "qos", "qos is 0, 1 or 2, not \(mapping.qos)")
      }
      guard !mapping.group.isEmpty else {
        throw MappingError(mapping: mapping.name, field: "group", "the group is empty")
      }
    }
  }

  let outbound: [OutboundMapping]
  let inbound: [Inbound]

  init(_ configuration: KafkaBridgeConfiguration) throws(MappingError) {
    var outbound: [OutboundMapping] = []
    for mapping in configuration.toKafka { outbound.append(try OutboundMapping(mapping, index: outbound.count)) }
    self.outbound = outbound
    var inbound: [Inbound] = []
    for mapping in configuration.fromKafka { inbound.append(try Inbound(mapping)) }
    self.inbound = inbound
  }

  static func check(_ configuration: KafkaBridgeConfiguration) -> [MappingError] {
    var errors: [MappingError] = []
    func note(_ body: () throws(MappingError) -> Void) { do { try body() } catch { errors.append(error) } }
    for mapping in configuration.toKafka {
      note { () throws(MappingError) in _ = try OutboundMapping(mapping, index: 0) }
    }
    for mapping in configuration.fromKafka { note { () throws(MappingError) in _ = try Inbound(mapping) } }
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
