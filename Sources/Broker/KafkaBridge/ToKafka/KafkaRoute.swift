internal import BrokerCore
internal import KafkaClient

/// What one mapping does with the publishes of one MQTT topic: all that the topic decides is worked out here, once.
/// Immutable; every shard may use it.
final class KafkaRoute: @unchecked Sendable {
  struct Header {
    let name: UnsafeRawBufferPointer
    let value: ValueSource
  }

  let mapping: OutboundMapping
  /// The target, or nil when the publisher has a say in it or it can't be.
  let topic: KafkaTopic?
  /// Why this mapping can never take a message of this topic.
  let refusal: Refusal?
  /// nil: no key.
  let key: ValueSource?
  /// The headers that every message gets, in their order.
  let headers: [Header]
  let captures: [Range<Int>]
  // Names and fixed values lie here; freed with the route.
  private let arena: Arena

  init(
    _ mapping: OutboundMapping, topicBytes: UnsafeRawBufferPointer, captures: [Range<Int>], producer: KafkaProducer,
    origin: (String) -> [UInt8]?
  ) {
    self.mapping = mapping
    self.captures = captures
    let context = RenderContext(topic: topicBytes, captures: captures)
    (topic, refusal) = KafkaRoute.resolve(mapping, context, producer)
    let arena = Arena()
    self.arena = arena
    key = mapping.key.map { KafkaRoute.source(of: $0, context, arena) }
    var headers: [Header] = []
    if mapping.headerSet != .none {
      headers.append(Header(name: RecordHeaderNames.topic.bytes, value: .fixed(arena.keep(topicBytes))))
      headers.append(Header(name: RecordHeaderNames.client.bytes, value: .client))
    }
    if mapping.headerSet == .all {
      headers.append(Header(name: RecordHeaderNames.user.bytes, value: .user))
      headers.append(Header(name: RecordHeaderNames.certificate.bytes, value: .certificate))
    }
    for (name, value) in mapping.headers {
      let name = name.withUnsafeBytes { arena.keep($0) }
      headers.append(Header(name: name, value: KafkaRoute.source(of: value, context, arena)))
    }
    if let topic, let mark = origin(topic.name) {
      let value = mark.withUnsafeBytes { arena.keep($0) }
      headers.append(Header(name: RecordHeaderNames.origin.bytes, value: .fixed(value)))
    }
    self.headers = headers
  }

  private static func resolve(
    _ mapping: OutboundMapping, _ context: RenderContext, _ producer: KafkaProducer
  ) -> (KafkaTopic?, Refusal?) {
    guard mapping.topic.dependsOnTopicOnly else { return (nil, nil) }
    return resolve(context.render(mapping.topic), producer)
  }

  static func resolve(_ name: [UInt8], _ producer: KafkaProducer) -> (KafkaTopic?, Refusal?) {
    guard KafkaTopic.isLegal(name: name) else { return (nil, .illegalTopic) }
    do { return (try producer.topic(named: String(decoding: name, as: UTF8.self)), nil) } catch {
      return (nil, .tooManyTopics)
    }
  }

  private static func source(of template: Template, _ context: RenderContext, _ arena: Arena) -> ValueSource {
    if template.dependsOnTopicOnly { return .fixed(context.render(template).withUnsafeBytes { arena.keep($0) }) }
    if template.parts.count == 1, case .variable(let variable, _) = template.parts[0] {
      switch variable {
      case .client: return .client
      case .user: return .user
      case .certificate: return .certificate
      case .capture, .qos, .topic, .key, .partition, .offset, .header: break
      }
    }
    return .rendered(template)
  }
}
