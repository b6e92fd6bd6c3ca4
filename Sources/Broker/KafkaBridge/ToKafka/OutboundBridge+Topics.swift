internal import BrokerCore
internal import KafkaClient
internal import Synchronization

// Targets whose names are made of what clients send: they are asked for before they are used.
extension OutboundBridge {
  /// Where a publish goes by one mapping.
  enum Target {
    case topic(KafkaTopic)
    /// A legal name, of which is not known whether Kafka has such a topic.
    case unknown(name: [UInt8])
    case refused(Refusal)

    /// The Kafka topic's name, where there is one.
    var name: String? {
      switch self {
      case .topic(let topic): topic.name
      case .unknown(let name): String(decoding: name, as: UTF8.self)
      case .refused: nil
      }
    }
  }

  /// Records that wait for Kafka, those among them of which is not known whether it has their topics.
  var queuedRecords: Int { producer.queuedRecords + directory.waiting.records.load(ordering: .relaxed) }

  /// Their bytes.
  var queuedBytes: Int { producer.queuedBytes + directory.waiting.bytes.load(ordering: .relaxed) }

  /// Makes what asks for topics, where templates make names of them. Questions wait until it is started.
  func prepareFinding(_ configuration: KafkaConfiguration, log: @escaping KafkaLogHandler) {
    guard mappings.contains(where: { $0.topic.constant == nil }) else { return }
    let made = KafkaTopicFinder(configuration: configuration, log: log) { [weak self] in self?.found($0, $1) }
    finder.withLock { $0 = made }
  }

  /// Begins to ask.
  func startFinding() throws(KafkaError) { try finder.withLock { $0 }?.start() }

  /// Asks no more, and refuses for now what waits for an answer.
  func stopFinding() {
    finder.withLock { $0 }?.stop()
    directory.close { refuse($0, .stopped) }
  }

  @inline(__always)
  func target(of route: KafkaRoute, _ publish: PublishView) -> Target {
    if let topic = route.topic { return .topic(topic) }
    return search(route, publish)
  }

  /// Slower: where the publisher has a say in the name, it is made for each publish.
  @inline(never)
  private func search(_ route: KafkaRoute, _ publish: PublishView) -> Target {
    if let refusal = route.refusal { return .refused(refusal) }
    let name = route.topicName ?? context(route, publish).render(route.mapping.topic)
    guard KafkaTopic.isLegal(name: name) else { return .refused(.illegalTopic) }
    guard let topic = directory.known(name) else { return .unknown(name: name) }
    if route.topicName != nil { route.found(topic) }
    return .topic(topic)
  }

  /// Lets a publish wait for what Kafka says of its topic; nil when it waits, or is queued already.
  func wait(_ publish: PublishView, _ route: KafkaRoute, _ name: [UInt8], opaque: UInt64) -> Refusal? {
    let finding = directory.find(name, by: publish.publisher.clientID, atSeconds: monotonicSeconds()) {
      WaitingPublish(
        message: Message(
          topic: publish.topic, payload: publish.payload, properties: publish.properties, qos: publish.qos,
          isRetain: publish.isRetain, by: publish.publisher),
        expirySeconds: publish.expirySeconds, route: route, opaque: opaque)
    } ask: { name in
      finder.withLock { $0 }?.ask(name)
    }
    return switch finding {
    case .known(let topic): produce(publish, route, topic, opaque: opaque)
    case .waits: nil
    case .refused(let refusal): refusal
    }
  }

  /// Kafka has lost a topic that clients named.
  func forget(_ name: String) {
    directory.forget(Array(name.utf8))
    producer.forget(topic: name)
  }

  // MARK: - The finder's thread

  private func found(_ text: String, _ answer: KafkaTopicFinder.Answer) {
    let name = Array(text.utf8)
    switch answer {
    case .exists:
      do throws(KafkaError) {
        let topic = try producer.topic(named: text)
        directory.settle(name, as: topic) { forward($0, to: topic) }
      } catch {
        settle(name, .tooManyTopics, isMissing: false)
      }
    case .missing: settle(name, .kafka(.unknownTopic), isMissing: true)
    case .refused(let code): settle(name, .kafka(code), isMissing: true)
    }
  }

  private func settle(_ name: [UInt8], _ refusal: Refusal, isMissing: Bool) {
    directory.settle(name, as: refusal, isMissing: isMissing, atSeconds: monotonicSeconds()) { refuse($0, refusal) }
  }

  private func forward(_ waiting: WaitingPublish, to topic: KafkaTopic) {
    let failure = withView(of: waiting) { produce($0, waiting.route, topic, opaque: waiting.opaque) }
    if let failure { refuse(waiting, failure) }
  }

  /// Counts and tells a publish that waited in vain, and discharges its obligation on the delivery thread.
  private func refuse(_ waiting: WaitingPublish, _ refusal: Refusal) {
    waiting.route.mapping.counters.refuse()
    withView(of: waiting) { explain(refusal, $0, waiting.route) }
    let token = ObligationToken(word: waiting.opaque)
    guard token != .none else { return }
    let code: KafkaErrorCode =
      if case .kafka(let code) = refusal { code } else { refusal.isForNow ? .queueFull : .messageTooLarge }
    let none =
      waiting.route.mapping.acknowledgesRefused ? UInt64(OutboundBridge.noMappingUntold) : OutboundBridge.noMapping
    let opaque = none << OutboundBridge.mappingShift | token.word
    producer.report(DeliveryReport(opaque: opaque, code: code))
  }

  private func withView<R>(of waiting: WaitingPublish, _ body: (PublishView) -> R) -> R {
    let message = waiting.message
    return message.withParts { topic, properties, payload in
      body(
        PublishView(
          topic: topic, payload: payload, properties: properties, qos: message.qos, isRetain: message.isRetain,
          expirySeconds: waiting.expirySeconds, by: message.publisher))
    }
  }
}
