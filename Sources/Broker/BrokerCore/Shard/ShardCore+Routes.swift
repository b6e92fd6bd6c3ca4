import MQTTCodec

/// Topic names to routes.
extension ShardCore {
  /// The route of a topic, computed if it isn't known or out of date. A topic name that isn't valid is a fault.
  @inline(__always)
  func route(to topic: UnsafeRawBufferPointer) throws(ProtocolFault) -> Route {
    let hash = cache.hash(topic)
    if let route = cache.find(topic, hash: hash) {
      if route.generation != state.subscriptions.generation { renew(route) }
      return route
    }
    return try newRoute(to: topic, hash)
  }

  @inline(never)
  private func newRoute(to topic: UnsafeRawBufferPointer, _ hash: UInt64) throws(ProtocolFault) -> Route {
    guard UTF8Text.isWellFormed(topic) else {
      // Ill-formed text makes a malformed packet (MQTT 5.0 section 1.5.4).
      throw ProtocolFault(.malformedPacket, "a topic name that is not well-formed UTF-8, or holds U+0000")
    }
    if !choices.allowsControlCharacters, UTF8Text.hasControlCharacters(topic) {
      throw ProtocolFault(.malformedPacket, "a topic name with control characters")
    }
    guard TopicName.isValid(topic) else {
      throw ProtocolFault(.topicNameInvalid, "a topic name that is empty or has a wildcard")
    }
    guard TopicName.levelCount(topic) <= limits.topicLevelsMax else {
      throw ProtocolFault(.topicNameInvalid, "a topic name with more levels than this server allows")
    }
    let route = Route(topic: Array(topic), hash: hash, serial: nextRouteSerial())
    route.plan = state.outlet?.plan(topic: topic)
    compute(route)
    // Long topics are rare, and are not kept: or a client that may not even publish could fill the cache with gigabytes
    // of them.
    if topic.count <= limits.matchCacheTopicBytesMax { cache.insert(route) }
    return route
  }

  /// Brings a route up to date: where no change since then was about its topic, it stays as it is.
  @inline(never)
  func renew(_ route: Route) {
    if let generation = state.subscriptions.generationIfUnchanged(for: route.topic, since: route.generation) {
      route.generation = generation
    } else {
      compute(route)
    }
  }

  /// Folds the matching subscriptions into one receiver a session, without those who may not receive the topic.
  @inline(never)
  private func compute(_ route: Route) {
    // Read before the search: a change during it makes the route out of date again.
    route.generation = state.subscriptions.generation
    var here: [UInt64: Receiver] = [:]
    var others: Set<Int> = []
    let matches = state.subscriptions.matches(of: route.topic)
    for subscription in matches.own {
      let session = subscription.session
      guard session.shard == shard else {
        others.insert(session.shard)
        continue
      }
      guard !session.isEnded, route.topic.withUnsafeBytes({ session.grants.mayReceive($0) }) else { continue }
      here[session.serial] = Receiver(merging: subscription, into: here[session.serial])
    }
    route.receivers = here.values.sorted { $0.session.serial < $1.session.serial }
    route.otherShards = others.sorted()
    route.shares = matches.shared
  }
}

extension Receiver {
  /// Adds one subscription to what the session's other matching subscriptions said.
  init(merging subscription: Subscription, into other: Receiver?) {
    session = subscription.session
    let options = subscription.options
    qos = max(options.qos, other?.qos ?? .atMostOnce)
    isNoLocal = options.noLocal || (other?.isNoLocal ?? false)
    if !isNoLocal {
      withoutNoLocal = []
    } else {
      // Until now none said so, or what they were folded into without those that did is kept already.
      let before = other.flatMap { $0.isNoLocal ? $0.withoutNoLocal.first : $0 }
      let folded = options.noLocal ? before : Receiver(merging: subscription, into: before)
      withoutNoLocal = folded.map { [$0] } ?? []
    }
    keepsRetain = options.retainAsPublished || (other?.keepsRetain ?? false)
    subscriptionIdentifiers = (other?.subscriptionIdentifiers ?? []) + (subscription.identifier.map { [$0] } ?? [])
  }
}
