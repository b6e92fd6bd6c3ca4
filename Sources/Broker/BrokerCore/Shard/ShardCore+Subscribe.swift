import MQTTCodec

/// SUBSCRIBE and UNSUBSCRIBE.
extension ShardCore {
  func subscribe(_ client: Client, _ packet: SubscribePacket, _ bytes: UnsafeBufferPointer<UInt8>) throws(ProtocolFault)
  {
    guard let session = client.session, let grants = client.grants else { return }
    // All of them first: a packet that is malformed has no effect.
    var filters: [TopicFilter] = []
    for request in packet.requests { filters.append(try filter(client, bytes[request.filter])) }
    var reasons: [ReasonCode] = []
    var wanted: [(filter: [UInt8], options: SubscriptionOptions)] = []
    for (request, parsed) in zip(packet.requests, filters) {
      let filter = parsed.bytes
      let isKnown = session.subscriptions[filter] != nil
      let reason = judge(parsed, session, grants, isKnown: isKnown)
      var options = request.options
      options.qos = min(options.qos, client.limits.maximumQoS)
      reasons.append(reason.isFailure ? refusal(reason, client) : ReasonCode(granted: options.qos))
      guard !reason.isFailure else {
        refused(client, filter, reason)
        continue
      }
      let subscription = Subscription(
        session: session, options: options, identifier: packet.subscriptionIdentifier)
      session.subscriptions[filter] = subscription
      if state.subscriptions.subscribe(subscription, to: filter) { counters.subscriptions.add() }
      // A shared subscription gets no retained messages (MQTT 5.0 section 4.8.2).
      if parsed.sharedGroup != nil { continue }
      // What is still to come of an earlier search comes as the subscription is now.
      session.searches.change(filter, options, identifier: packet.subscriptionIdentifier)
      if !client.limits.isRetainAvailable { continue }
      switch options.retainHandling {
      case .sendAtSubscribe: wanted.append((filter, options))
      case .sendIfNew: if !isKnown { wanted.append((filter, options)) }
      case .doNotSend: break
      }
    }
    touch(client)
    let before = client.output.count
    PacketEncoder.suback(packetID: packet.packetID, reasons: reasons, version: client.version, into: &client.output)
    if takesBackIfTooLarge(client, since: before) {
      throw ProtocolFault(
        .packetTooLarge, "a SUBACK for so many filters is larger than the packets that the client takes")
    }
    guard !wanted.isEmpty else { return }
    // Read behind the index's change: what is stored from now on comes live.
    let number = state.retained.lastNumber
    // A filter that comes again in one packet is searched for once.
    for (filter, options) in wanted {
      search(filter, options, identifier: packet.subscriptionIdentifier, through: number, for: session)
    }
    drain(session)
  }

  /// A filter of the client's as it is called outside.
  private func filter(_ client: Client, _ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(ProtocolFault) -> TopicFilter
  {
    guard let own = TopicFilter(bytes),
      let filter = client.mountPoint.map({ TopicFilter($0.outside(filter: own.bytes)) }) ?? own
    else {
      throw ProtocolFault(.topicFilterInvalid, "a topic filter that is not well-formed")
    }
    if !choices.allowsControlCharacters, own.bytes.withUnsafeBytes({ UTF8Text.hasControlCharacters($0) }) {
      throw ProtocolFault(.malformedPacket, "a topic filter with control characters")
    }
    return filter
  }

  private func refused(_ client: Client, _ filter: [UInt8], _ reason: ReasonCode) {
    counters.subscriptionsRefused.add()
    state.log.log(
      .info, "subscription refused",
      deniedFields(client.publisher, topic: filter) + [("reason", "\(reason)")])
  }

  private func judge(
    _ filter: TopicFilter, _ session: Session, _ grants: any AccessGrants, isKnown: Bool
  ) -> ReasonCode {
    if filter.levelCount > limits.topicLevelsMax { return .topicFilterInvalid }
    if !filter.bytes.withUnsafeBytes({ grants.maySubscribe($0) }) { return .notAuthorized }
    if !isKnown, session.subscriptions.count >= session.limits.subscriptionsPerSessionMax { return .quotaExceeded }
    return .success
  }

  /// 3.1.1 has one code for every refusal, and 5.0 has it too for a server that does not wish to reveal more (section
  /// 3.9.3); 3.1 has none, and is answered as if QoS 0 had been granted: see
  /// ``PacketEncoder/suback(packetID:reasons:version:into:)``.
  private func refusal(_ reason: ReasonCode, _ client: Client) -> ReasonCode {
    client.isV5 ? choices.told(reason) : .unspecifiedError
  }

  func unsubscribe(_ client: Client, _ packet: UnsubscribePacket, _ bytes: UnsafeBufferPointer<UInt8>)
    throws(ProtocolFault)
  {
    guard let session = client.session else { return }
    // All of them first, as in SUBSCRIBE.
    var filters: [[UInt8]] = []
    for range in packet.filters { filters.append(try filter(client, bytes[range]).bytes) }
    var reasons: [ReasonCode] = []
    for filter in filters {
      if session.subscriptions.removeValue(forKey: filter) != nil {
        state.subscriptions.unsubscribe(session, from: filter)
        session.searches.remove(filter)
        counters.subscriptions.add(-1)
        reasons.append(.success)
      } else {
        reasons.append(.noSubscriptionExisted)
      }
    }
    defer {
      // What waited behind a search that is given up.
      if client.queuesAtMostOnce { drain(session) }
    }
    touch(client)
    let before = client.output.count
    PacketEncoder.unsuback(packetID: packet.packetID, reasons: reasons, version: client.version, into: &client.output)
    if takesBackIfTooLarge(client, since: before) {
      throw ProtocolFault(
        .packetTooLarge, "an UNSUBACK for so many filters is larger than the packets that the client takes")
    }
  }
}
