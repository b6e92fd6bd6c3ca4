internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// What one mapping does with the publishes of one MQTT topic: all that the topic decides is worked out here, once.
/// Immutable; every shard may use it.
final class KafkaRoute: @unchecked Sendable {
  struct Header {
    let name: UnsafeRawBufferPointer
    let value: ValueSource
  }

  let mapping: OutboundMapping
  /// The target that the mapping names, or nil when it is made of what clients send or can't be.
  private let named: KafkaTopic?
  /// The target's name, where the MQTT topic decides it.
  let topicName: [UInt8]?
  // Set once Kafka is known to have the topic of that name.
  private let foundTopic = AtomicLazyReference<KafkaTopic>()
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
    let topicName = mapping.topic.dependsOnTopicOnly ? context.render(mapping.topic) : nil
    self.topicName = topicName
    (named, refusal) = KafkaRoute.resolve(mapping, topicName, producer)
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
    if let topicName, let mark = origin(String(decoding: topicName, as: UTF8.self)) {
      let value = mark.withUnsafeBytes { arena.keep($0) }
      headers.append(Header(name: RecordHeaderNames.origin.bytes, value: .fixed(value)))
    }
    self.headers = headers
  }

  /// The target, once it is known.
  var topic: KafkaTopic? { named ?? foundTopic.load() }

  /// Kafka has the topic that ``topicName`` names: from now on it is the target.
  func found(_ topic: KafkaTopic) { _ = foundTopic.storeIfNil(topic) }

  private static func resolve(
    _ mapping: OutboundMapping, _ name: [UInt8]?, _ producer: KafkaProducer
  ) -> (KafkaTopic?, Refusal?) {
    if let constant = mapping.topic.constant { return resolve(constant, producer) }
    return (nil, name.map { KafkaTopic.isLegal(name: $0) } ?? true ? nil : .illegalTopic)
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
