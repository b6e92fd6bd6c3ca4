internal import BrokerCore
internal import KafkaClient
internal import Synchronization

/// The way from shards to Kafka: plans, forwarding, delivery reports.
///
/// A publish opens one obligation for each mapping that promises something and has queued it. Outcomes, so that exactly
/// as many discharges follow as were announced:
/// - what is known before anything is queued (no room, a payload that is too large, a Kafka topic that can't be)
///   refuses the
///   whole publish: no mapping gets it, and the publisher is told;
/// - when the first promising mapping can't queue it, the publish is refused too, and the mappings after it are left
///   out;
/// - when a later one can't, the mappings before it have it already: the publish is accepted, and the refused one
///   counts as an
///   obligation, discharged with the refusal on the delivery thread;
/// - mappings that promise nothing are refused alone, and only counted.
final class OutboundBridge: Sendable {
  /// The mapping's place in a report's opaque word, above the token.
  static let mappingShift: UInt64 = 48
  /// In place of a mapping: nothing was queued, only the token is to be discharged.
  static let noMapping: UInt64 = 0xFFFF
  /// The same, where a 3.x publisher is acknowledged what can never be written.
  static let noMappingUntold = 0xFFFE

  let mappings: [OutboundMapping]
  let producer: KafkaProducer
  let directory = TopicDirectory()
  /// Set once, before any shard can forward.
  let finder = Mutex<KafkaTopicFinder?>(nil)
  private let limits: KafkaBridgeLimits
  let log: any Log
  private let instance: String
  private let inboundTopics: [KafkaTopicPattern]

  init(
    mappings: [OutboundMapping], producer: KafkaProducer, limits: KafkaBridgeLimits, log: any Log, origin: String,
    inboundTopics: [KafkaTopicPattern]
  ) {
    self.mappings = mappings
    self.producer = producer
    self.limits = limits
    self.log = log
    instance = origin
    self.inboundTopics = inboundTopics
  }

  /// Asks for the leaders of all topics that are known beforehand: the first message to a topic would wait for them.
  func warmUp() {
    for mapping in mappings {
      if let name = mapping.topic.constant { _ = KafkaRoute.resolve(name, producer) }
    }
  }

  func plan(topic: UnsafeRawBufferPointer) -> OutletPlan? {
    var routes: [KafkaRoute] = []
    for mapping in mappings {
      guard let captures = mapping.filter.match(topic) else { continue }
      routes.append(KafkaRoute(mapping, topicBytes: topic, captures: captures, producer: producer, origin: origin))
    }
    return routes.isEmpty ? nil : KafkaPlan(routes: routes)
  }

  /// The mark for records in this Kafka topic, where some mapping may read them back; a header less otherwise.
  private func origin(_ topic: String) -> [UInt8]? {
    inboundTopics.contains { $0.matches(topic) } ? RecordOrigin.value(instance: instance, topic: topic) : nil
  }

  func forward(_ publish: PublishView, on plan: OutletPlan, token: ObligationToken) -> ForwardOutcome {
    guard let plan = plan as? KafkaPlan else { return .refused }
    if let refusal = refusalBeforehand(publish, plan, token) {
      refuse(publish, plan.routes[...], refusal)
      return outcome(of: refusal, plan.routes)
    }
    var obligations = 0
    for index in plan.routes.indices {
      let route = plan.routes[index]
      let counters = route.mapping.counters
      let promises = route.mapping.promises && token != .none
      let target = target(of: route, publish)
      if publish.publisher.kafkaTopic != nil, isLeftOut(publish, route, target.name) { continue }
      counters.accept()
      let opaque = UInt64(route.mapping.index) << OutboundBridge.mappingShift | (promises ? token.word : 0)
      let failure: Refusal? =
        switch target {
        case .topic(let topic): produce(publish, route, topic, opaque: opaque)
        case .unknown(let name): wait(publish, route, name, opaque: opaque)
        case .refused(let refusal): refusal
        }
      guard let failure else {
        if promises { obligations += 1 }
        continue
      }
      counters.refuse()
      if failure == .kafka(.unknownTopic), let name = target.name { forget(name) }
      explain(failure, publish, route)
      guard promises else { continue }
      if obligations == 0 {
        refuse(publish, plan.routes[(index + 1)...], failure)
        return outcome(of: failure, [route])
      }
      let code: KafkaErrorCode = failure.isForNow ? .queueFull : .messageTooLarge
      let none =
        route.mapping.acknowledgesRefused ? UInt64(OutboundBridge.noMappingUntold) : OutboundBridge.noMapping
      let tokenOnly = none << OutboundBridge.mappingShift | token.word
      producer.report(DeliveryReport(opaque: tokenOnly, code: code))
      obligations += 1
    }
    return .accepted(obligations: obligations)
  }

  private func refusalBeforehand(
    _ publish: PublishView, _ plan: KafkaPlan, _ token: ObligationToken
  ) -> Refusal? {
    // What came from Kafka is bounded where it is read, and nobody could be asked to send it again: it may take the
    // room that the library has beyond ours.
    if publish.publisher.kafkaTopic == nil,
      queuedRecords >= limits.queuedRecordsMax || queuedBytes >= limits.queuedBytesMax
    {
      return .noRoom
    }
    if publish.payload.count > producer.messageBytesMax { return .tooLarge }
    if plan.wantsProperties, publish.properties.count > 0,
      PublishProperties.userCount(publish.properties) > limits.userPropertiesMax
    {
      return .tooManyUserProperties
    }
    return token == .none ? nil : plan.refusal
  }

  private func refuse(
    _ publish: PublishView, _ routes: ArraySlice<KafkaRoute>, _ refusal: Refusal
  ) {
    for route in routes {
      route.mapping.counters.accept()
      route.mapping.counters.refuse()
      explain(refusal, publish, route)
    }
  }

  /// What a refusal is for the whole publish, where some of these routes could not take it.
  private func outcome(of refusal: Refusal, _ routes: [KafkaRoute]) -> ForwardOutcome {
    if refusal.isForNow { return .refusedForQuota }
    return routes.allSatisfy { !$0.mapping.promises || $0.mapping.acknowledgesRefused } ? .refusedUntold : .refused
  }

  /// The loop guard: what came from a Kafka topic doesn't go back to it, nor from topic to topic without end.
  private func isLeftOut(_ publish: PublishView, _ route: KafkaRoute, _ topic: String?) -> Bool {
    let publisher = publish.publisher
    let counters = route.mapping.counters
    if let topic, topic == publisher.kafkaTopic {
      counters.looped.wrappingAdd(1, ordering: .relaxed)
      route.mapping.tellLooped(topic: publish.topic, kafkaTopic: topic, to: log)
      return true
    }
    guard publisher.hops >= limits.hopsMax else { return false }
    counters.hopsExceeded.wrappingAdd(1, ordering: .relaxed)
    route.mapping.tellHopsExceeded(publisher.hops, topic: publish.topic, kafkaTopic: topic, to: log)
    return true
  }

  func explain(_ refusal: Refusal, _ publish: PublishView, _ route: KafkaRoute) {
    route.mapping.explain(
      refusal, topic: publish.topic,
      kafkaTopic: route.topic?.name
        ?? String(
          decoding: context(route, publish).render(route.mapping.topic).prefix(LogLine.valueBytesMax + 1),
          as: UTF8.self),
      client: publish.publisher.clientID,
      bytes: refusal == .tooLarge ? (publish.payload.count, producer.messageBytesMax) : nil, to: log)
  }

  func context(_ route: KafkaRoute, _ publish: PublishView) -> RenderContext {
    RenderContext(
      topic: publish.topic, captures: route.captures, publisher: publish.publisher, qos: level(of: publish.qos))
  }

  func produce(_ publish: PublishView, _ route: KafkaRoute, _ topic: KafkaTopic, opaque: UInt64) -> Refusal? {
    var result = ProduceResult.refused(.closed)
    withValue(of: route.key, route, publish) { key in
      result = producer.produce(
        topic: topic, key: key, value: publish.payload, headers: headers(publish, route, topic), opaque: opaque,
        lifetimeSeconds: publish.expirySeconds)
    }
    return switch result {
    case .queued: nil
    case .queueFull: .noRoom
    case .refused(let code): Refusal(code)
    }
  }

  /// Calls with the bytes of a key or header, made or borrowed; nil when there is no source.
  @inline(__always)
  private func withValue(
    of source: ValueSource?, _ route: KafkaRoute, _ publish: PublishView, _ body: (UnsafeRawBufferPointer?) -> Void
  ) {
    switch source {
    case nil: body(nil)
    case .fixed(let bytes): body(bytes)
    case .client: publish.publisher.clientID.withUnsafeBytes { body($0) }
    case .user: publish.publisher.userName.withUnsafeBytes { body($0) }
    case .certificate: publish.publisher.certificateName.withUnsafeBytes { body($0) }
    case .rendered(let template): context(route, publish).render(template).withUnsafeBytes { body($0) }
    }
  }

  private func headers(_ publish: PublishView, _ route: KafkaRoute, _ topic: KafkaTopic) -> KafkaHeaders? {
    let set = route.mapping.headerSet
    let isFromKafka = publish.publisher.kafkaTopic != nil
    if route.headers.isEmpty, set == .none, route.topicName != nil, !isFromKafka { return nil }
    var headers = KafkaHeaders(capacity: route.headers.count)
    for header in route.headers {
      withValue(of: header.value, route, publish) { value in
        // What Sluice would say of a publisher is left out when there is nothing to say.
        guard let value, value.count > 0 || !RecordHeaderNames.isOwn(header.name) else { return }
        headers.add(name: header.name, value: value)
      }
    }
    if route.topicName == nil, let mark = origin(topic.name) {
      mark.withUnsafeBytes { headers.add(name: RecordHeaderNames.origin.bytes, value: $0) }
    }
    if isFromKafka { OutboundMapping.addHops(publish.publisher.hops + 1, to: &headers) }
    if set != .none, publish.properties.count > 0 { route.mapping.addProperties(publish.properties, to: &headers) }
    if set == .all { route.mapping.addFlags(of: publish, to: &headers) }
    return headers
  }
}
