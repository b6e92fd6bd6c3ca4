import MQTTCodec

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Publishes on their way to sessions.
extension ShardCore {
  /// Gives a publish to every receiver, here and on other shards, and to the retained store. Returns what that opened
  /// under `token`.
  @inline(__always)
  func distribute(
    _ view: PublishView, on route: Route, publisherSerial: UInt64, token: ObligationToken
  ) -> Distribution {
    var fan = FanOut(view: view, route: route.serial, publisherSerial: publisherSerial, token: token)
    if view.isRetain { retain(&fan, route) }
    for i in route.receivers.indices { deliver(&fan, to: route.receivers[i]) }
    if !route.otherShards.isEmpty { post(&fan, to: route.otherShards) }
    if !route.shares.isEmpty { share(&fan, among: route.shares) }
    return fan.distribution
  }

  /// As ``distribute(_:on:publisherSerial:token:)``, for the receivers of this shard only.
  func distributeHere(
    _ view: PublishView, on route: Route, publisherSerial: UInt64, token: ObligationToken
  ) -> Distribution {
    var fan = FanOut(view: view, route: route.serial, publisherSerial: publisherSerial, token: token)
    for i in route.receivers.indices { deliver(&fan, to: route.receivers[i]) }
    return fan.distribution
  }

  @inline(__always)
  func deliver(_ fan: inout FanOut, to receiver: Receiver) {
    let session = receiver.session
    if receiver.isNoLocal, session.serial == fan.publisherSerial { return deliverLocal(&fan, receiver) }
    let qos = min(fan.view.qos, receiver.qos)
    let isRetain = fan.view.isRetain && receiver.keepsRetain
    guard let client = session.client else {
      // The specification lets a server drop QoS 0 for a session without a connection.
      if qos != .atMostOnce { enqueue(&fan, receiver, qos, isRetain) }
      return
    }
    let isFull = client.backlogBytes &+ client.output.count > client.limits.outputBytesMax
    if qos == .atMostOnce {
      // Others wait, and this one must not overtake them [MQTT-4.6.0-5].
      if client.queuesAtMostOnce, linesUp(client, session) { return enqueue(&fan, receiver, qos, isRetain) }
      if isFull { return counters.droppedSlowConsumer.add() }
      counters.publishesSentQoS0.add()
      fan.isTakenAtOnce = true
      return write(&fan, to: client, qos, isRetain, packetID: 0, receiver.subscriptionIdentifiers)
    }
    guard !isFull, !client.queuesAtMostOnce || !linesUp(client, session), session.queue.isEmpty,
      client.resends.isEmpty, session.outbound.count < client.sendQuota
    else {
      return enqueue(&fan, receiver, qos, isRetain)
    }
    let packetID: UInt16?
    let token = awaited(fan.token, client)
    if session.isDurable || token != .none || receiver.share != nil || client.patience.isGivenUp {
      packetID = session.outbound.open(
        KeptDelivery(
          message: session.isDurable || receiver.share != nil ? message(&fan) : nil, qos: qos, isRetain: isRetain,
          sinceMilliseconds: clock, subscriptionIdentifiers: receiver.subscriptionIdentifiers, token: token,
          share: receiver.share))
      if token != .none, packetID != nil { fan.obligations &+= 1 }
    } else {
      packetID = session.outbound.open(qos)
    }
    guard let packetID else { return enqueue(&fan, receiver, qos, isRetain) }
    counters.countSent(qos)
    write(&fan, to: client, qos, isRetain, packetID: packetID, receiver.subscriptionIdentifiers)
  }

  /// Whether anything is there that a message must wait behind.
  @inline(never)
  private func linesUp(_ client: Client, _ session: Session) -> Bool {
    if session.queue.isEmpty, session.searches.isEmpty { client.queuesAtMostOnce = false }
    return client.queuesAtMostOnce
  }

  /// A client's own message goes to it by those of its subscriptions that don't say no local, if there are any.
  @inline(never)
  private func deliverLocal(_ fan: inout FanOut, _ receiver: Receiver) {
    if let local = receiver.withoutNoLocal.first { deliver(&fan, to: local) }
  }

  @inline(__always)
  private func write(
    _ fan: inout FanOut, to client: Client, _ qos: QoS, _ isRetain: Bool, packetID: UInt16, _ identifiers: [UInt32]
  ) {
    touch(client)
    if client.sentAliasesMax > 0 { return writeAliased(&fan, to: client, qos, isRetain, packetID, identifiers) }
    let variant = client.variant | UInt32(qos.rawValue) << 1 | (isRetain ? 8 : 0)
    if let encoded = fan.encoded, fan.encodedVariant == variant, identifiers.isEmpty,
      fan.encodedCount <= client.packetBytesMax
    {
      let to = client.output.reserve(fan.encodedCount)
      memcpy(to, encoded, fan.encodedCount)
      if packetID != 0 {
        to[fan.packetIDOffset] = UInt8(truncatingIfNeeded: packetID >> 8)
        to[fan.packetIDOffset &+ 1] = UInt8(truncatingIfNeeded: packetID)
      }
      client.output.commit(fan.encodedCount)
      return
    }
    let before = client.output.count
    let offset = PacketEncoder.publish(
      topic: client.ownName(of: fan.view.topic), payload: fan.view.payload, properties: fan.view.properties,
      messageExpirySeconds: fan.view.expirySeconds, subscriptionIdentifiers: identifiers, topicAlias: 0, qos: qos,
      isRetain: isRetain, isDuplicate: false, packetID: packetID, version: client.version, into: &client.output)
    let written = client.output.count &- before
    if written > client.packetBytesMax || written == 0 { return tooLarge(&fan, client, written, packetID) }
    if identifiers.isEmpty {
      let start = client.output.bytes.baseAddress.unsafelyUnwrapped + before
      fan.encoded = start.assumingMemoryBound(to: UInt8.self)
      fan.encodedCount = written
      fan.encodedVariant = variant
      fan.packetIDOffset = offset
    }
  }

  /// As `write`, for a client that takes topic aliases: the first ones of its topics get them, and from then on the
  /// name is left out (MQTT 5.0 section 3.3.2.3.4).
  @inline(never)
  private func writeAliased(
    _ fan: inout FanOut, to client: Client, _ qos: QoS, _ isRetain: Bool, _ packetID: UInt16, _ identifiers: [UInt32]
  ) {
    let known = client.sentAliases[fan.route]
    // The route of a topic that is too long to be remembered is another one each time.
    let isNew =
      known == nil && client.sentAliases.count < client.sentAliasesMax
      && fan.view.topic.count <= limits.matchCacheTopicBytesMax
    let alias = known ?? (isNew ? UInt16(client.sentAliases.count + 1) : 0)
    let before = client.output.count
    encode(fan, to: client, qos, isRetain, packetID, identifiers, alias: alias, hasTopic: known == nil)
    var written = client.output.count - before
    let isAliased = alias != 0 && written != 0 && written <= client.packetBytesMax
    if alias != 0, !isAliased {
      // The alias itself takes three bytes: it must not be what makes the packet too large.
      client.output.removeLast(written)
      encode(fan, to: client, qos, isRetain, packetID, identifiers, alias: 0, hasTopic: true)
      written = client.output.count - before
    }
    if written > client.packetBytesMax || written == 0 { return tooLarge(&fan, client, written, packetID) }
    if isNew, isAliased { client.sentAliases[fan.route] = alias }
  }

  private func encode(
    _ fan: FanOut, to client: Client, _ qos: QoS, _ isRetain: Bool, _ packetID: UInt16, _ identifiers: [UInt32],
    alias: UInt16, hasTopic: Bool
  ) {
    PacketEncoder.publish(
      topic: hasTopic ? client.ownName(of: fan.view.topic) : UnsafeRawBufferPointer(start: nil, count: 0),
      payload: fan.view.payload, properties: fan.view.properties, messageExpirySeconds: fan.view.expirySeconds,
      subscriptionIdentifiers: identifiers, topicAlias: alias, qos: qos, isRetain: isRetain, isDuplicate: false,
      packetID: packetID, version: client.version, into: &client.output)
  }

  /// A packet that the client doesn't take is not sent, and counts as delivered [MQTT-3.1.2-24, MQTT-3.1.2-25].
  @inline(never)
  private func tooLarge(_ fan: inout FanOut, _ client: Client, _ written: Int, _ packetID: UInt16) {
    client.output.removeLast(written)
    countTooLarge(client, topic: fan.view.topic, payload: fan.view.payload, written)
    guard packetID != 0, let session = client.session else { return }
    guard case .completed(let kept) = session.outbound.abandon(packetID), let kept, kept.token != .none else { return }
    // Not discharged: the entry's obligations are still being counted, and it would be closed by this one.
    fan.obligations &-= 1
  }

  /// `written` is the packet's size, or 0 where it is larger than any may be.
  private func countTooLarge(
    _ client: Client, topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, _ written: Int
  ) {
    counters.droppedTooLarge.add()
    state.log.log(
      .info, "a message was not sent: its receiver doesn't take so large a packet",
      [
        ("client", String(decoding: client.clientID, as: UTF8.self)),
        ("topic", String(decoding: topic.prefix(LogLine.valueBytesMax + 1), as: UTF8.self)),
        ("bytes", String(written == 0 ? payload.count : written)),
        ("bytes_max", String(min(client.packetBytesMax, DecodingLimits.remainingLengthMax))),
      ])
  }

  private func enqueue(_ fan: inout FanOut, _ receiver: Receiver, _ qos: QoS, _ isRetain: Bool) {
    let session = receiver.session
    guard !session.isEnded else { return }
    var delivery = QueuedDelivery(
      message: message(&fan), qos: qos, isRetain: isRetain, sinceMilliseconds: clock,
      subscriptionIdentifiers: receiver.subscriptionIdentifiers)
    // Only a client that is there can be waited for, and only where it will acknowledge.
    if qos != .atMostOnce, let client = session.client { delivery.token = awaited(fan.token, client) }
    delivery.share = receiver.share
    guard append(delivery, to: session) else { return }
    if delivery.token != .none { fan.obligations &+= 1 }
    if session.queue.count == 1, let client = session.client { goOnAfterFlush(client) }
  }

  /// Queues a message; false when there is no room for it even without those that have expired. What is lost by it,
  /// itself or older ones of QoS 0, is counted.
  func append(_ delivery: QueuedDelivery, to session: Session) -> Bool {
    var displaced = session.queue.append(delivery, limits: session.limits)
    if displaced == nil, session.queuePurgeMilliseconds <= now {
      session.queuePurgeMilliseconds = now + Self.queuePurgeIntervalMilliseconds
      counters.expired.add(remove(from: session) { $0.expiresAtMilliseconds.map { $0 <= now } ?? false })
      displaced = session.queue.append(delivery, limits: session.limits)
    }
    if displaced != 0, !session.searches.isEmpty { session.searches.isLiveIncomplete = true }
    guard let displaced else {
      counters.droppedQueueFull.add()
      return false
    }
    if displaced > 0 { counters.droppedQueueFull.add(displaced) }
    return true
  }

  /// A full queue is searched for expired messages at most so often: each time takes a walk over all of it.
  private static var queuePurgeIntervalMilliseconds: Int64 { 10_000 }

  /// Removes what `isUnwanted` picks from what waits, discharges it, and returns how many messages that were.
  @discardableResult
  func remove(from session: Session, where isUnwanted: (Message) -> Bool) -> Int {
    let before = session.queue.count
    for delivery in session.queue.all where delivery.token != .none && isUnwanted(delivery.message) {
      discharge(Discharge(token: delivery.token, outcome: .fulfilled))
    }
    session.queue.removeAll(where: isUnwanted)
    return before - session.queue.count
  }

  func message(_ fan: inout FanOut) -> Message {
    if let message = fan.message { return message }
    let view = fan.view
    let expiry = view.expirySeconds.map { now + Int64($0) * 1000 }
    let message = Message(
      topic: view.topic, payload: view.payload, properties: view.properties, qos: view.qos, isRetain: view.isRetain,
      expiresAtMilliseconds: expiry, by: view.publisher)
    fan.message = message
    return message
  }

  private func post(_ fan: inout FanOut, to shards: [Int]) {
    let message = message(&fan)
    for other in shards {
      outgoing[other].append(ShardDelivery(message: message, publisherSerial: fan.publisherSerial, token: fan.token))
      if fan.token != .none { fan.obligations += 1 }
      if !host.keepsUp(other) { isOtherShardBehind = true }
    }
    hasMail = true
  }

  /// Keeps a retained message, before anybody gets it: a subscription that comes meanwhile on another shard finds it in
  /// the store, or is found here.
  @inline(never)
  private func retain(_ fan: inout FanOut, _ route: Route) {
    if !state.retained.store(message(&fan), nowMilliseconds: now) {
      state.log.log(.warning, "a retained message was not kept: the limit of retained messages or bytes is reached")
    }
    if route.generation != state.subscriptions.generation { renew(route) }
  }

  // MARK: messages that were kept

  /// Writes a kept message to one client. False when it expired, or is larger than the client takes.
  @discardableResult
  func write(
    _ message: Message, to client: Client, qos: QoS, isRetain: Bool, isDuplicate: Bool, packetID: UInt16,
    subscriptionIdentifiers: [UInt32]
  ) -> Bool {
    var left: UInt32?
    if let expiry = message.expiresAtMilliseconds {
      // What was sent before is sent again even so: its flow must be completed.
      if expiry <= now, !isDuplicate {
        counters.expired.add()
        return false
      }
      left = UInt32(clamping: max((expiry - now + 999) / 1000, 0))
    }
    touch(client)
    let before = client.output.count
    message.withParts { topic, properties, payload in
      _ = PacketEncoder.publish(
        topic: client.ownName(of: topic), payload: payload, properties: properties, messageExpirySeconds: left,
        subscriptionIdentifiers: subscriptionIdentifiers, topicAlias: 0, qos: qos, isRetain: isRetain,
        isDuplicate: isDuplicate, packetID: packetID, version: client.version, into: &client.output)
    }
    let written = client.output.count - before
    if written > client.packetBytesMax || written == 0 {
      client.output.removeLast(written)
      message.withParts { topic, _, payload in countTooLarge(client, topic: topic, payload: payload, written) }
      return false
    }
    counters.countSent(qos)
    return true
  }

  /// Sends what waits for a session, as far as its client takes it now.
  func drain(_ session: Session) {
    guard let client = session.client else { return }
    if !client.resends.isEmpty { resend(session, client) }
    var cost = 0
    while session.outbound.count < client.sendQuota, !session.outbound.isExhausted,
      client.backlogBytes + client.output.count <= client.limits.outputBytesMax
    {
      if let place = session.searches.firstPlace, session.queue.start >= place {
        guard cost < RetainedTurns.turnCostMax, !turns.isSpent else {
          turns.append(session)
          break
        }
        let next = sendRetained(session, client)
        turns.count(next)
        cost += next
      } else {
        guard let next = session.queue.popFirst() else { break }
        send(next, to: session, client)
      }
    }
    if session.queue.isEmpty, session.searches.isEmpty { client.queuesAtMostOnce = false }
    goOnAfterFlush(client)
  }

  /// The round's output is full, but the socket isn't: nobody will say that it drained, so the next round begins with
  /// it.
  func goOnAfterFlush(_ client: Client) {
    guard client.backlogBytes == 0, client.output.count > client.limits.outputBytesMax, stalled.last !== client else {
      return
    }
    stalled.append(client)
  }

  /// Sends again what was in flight on an earlier connection, as far as this one's Receive Maximum allows.
  private func resend(_ session: Session, _ client: Client) {
    while let packetID = client.resends.last, session.outbound.count - client.resends.count < client.sendQuota,
      client.backlogBytes + client.output.count <= client.limits.outputBytesMax
    {
      client.resends.removeLast()
      // The client may have acknowledged it unasked.
      guard let kept = session.outbound.unacknowledged(packetID), let message = kept.message else { continue }
      let isSent =
        message.withParts { topic, _, _ in session.grants.mayReceive(topic) }
        && write(
          message, to: client, qos: kept.qos, isRetain: kept.isRetain, isDuplicate: true, packetID: packetID,
          subscriptionIdentifiers: kept.subscriptionIdentifiers)
      if isSent {
        session.outbound.sentAgain(packetID, sinceMilliseconds: clock)
      } else {
        _ = session.outbound.abandon(packetID)
      }
    }
  }

  /// Sends one message that has a copy of its own: queued or retained.
  func send(_ delivery: QueuedDelivery, to session: Session, _ client: Client) {
    if delivery.qos == .atMostOnce {
      write(
        delivery.message, to: client, qos: .atMostOnce, isRetain: delivery.isRetain, isDuplicate: false, packetID: 0,
        subscriptionIdentifiers: delivery.subscriptionIdentifiers)
      return
    }
    let kept = KeptDelivery(
      message: session.isDurable || delivery.share != nil ? delivery.message : nil, qos: delivery.qos,
      isRetain: delivery.isRetain, sinceMilliseconds: clock,
      subscriptionIdentifiers: delivery.subscriptionIdentifiers, token: delivery.token, share: delivery.share)
    guard let packetID = session.outbound.open(kept) else { return discharge(kept) }
    let isSent = write(
      delivery.message, to: client, qos: delivery.qos, isRetain: delivery.isRetain, isDuplicate: false,
      packetID: packetID,
      subscriptionIdentifiers: delivery.subscriptionIdentifiers)
    if !isSent, case .completed(let kept) = session.outbound.abandon(packetID) { discharge(kept) }
  }
}
