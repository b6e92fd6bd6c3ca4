import MQTTCodec

/// PUBLISH from a client: authorize, route, and acknowledge when every obligation is discharged.
extension ShardCore {
  @inline(__always)
  func publish(
    _ client: Client, _ packet: PublishPacket, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    guard let session = client.session else { return }
    let base = UnsafeRawBufferPointer(bytes)
    switch packet.qos {
    case .atMostOnce: counters.publishesReceivedQoS0.add()
    case .atLeastOnce:
      counters.publishesReceivedQoS1.add()
      if client.limits.maximumQoS < .atLeastOnce { throw Self.qosNotSupported }
    case .exactlyOnce:
      counters.publishesReceivedQoS2.add()
      if client.limits.maximumQoS < .exactlyOnce { throw Self.qosNotSupported }
      if session.inbound[packet.packetID] != nil { return try repeated(client, session, packet, base) }
    }
    if packet.isRetain, !client.limits.isRetainAvailable { throw Self.retainNotSupported }
    if packet.qos != .atMostOnce { try checkQuota(client, session) }
    if packet.properties.topicAlias != nil {
      return try publishAliased(client, session, packet, span, base)
    }
    let topic = UnsafeRawBufferPointer(rebasing: base[packet.topic])
    if client.mountPoint != nil, !topic.isEmpty {
      return try publishMounted(client, session, packet, topic: topic, span, base)
    }
    try publish(client, session, packet, topic: topic, span, base)
  }

  private static var qosNotSupported: ProtocolFault {
    ProtocolFault(.qosNotSupported, "a publish with a QoS above the listener's maximum_qos")
  }
  private static var retainNotSupported: ProtocolFault {
    ProtocolFault(.retainNotSupported, "a publish with RETAIN, which this listener does not offer")
  }

  /// As below, for a client whose topics have another name outside.
  @inline(never)
  private func publishMounted(
    _ client: Client, _ session: Session, _ packet: PublishPacket, topic: UnsafeRawBufferPointer, _ span: Span<UInt8>,
    _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) {
    // Lent for the call, so that no publish needs memory of its own.
    var outside = ByteBuffer()
    swap(&outside, &outsideTopic)
    defer { swap(&outside, &outsideTopic) }
    outside.removeAll()
    client.appendOutside(topic, to: &outside)
    try publish(client, session, packet, topic: outside.bytes, span, base)
  }

  /// The rest of it, once the topic is known.
  @inline(__always)
  private func publish(
    _ client: Client, _ session: Session, _ packet: PublishPacket, topic: UnsafeRawBufferPointer, _ span: Span<UInt8>,
    _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) {
    let route = try route(to: topic)
    guard client.allowedRoute == route.serial || isAllowed(client, route) else {
      return denied(client, session, packet, topic: route.topic)
    }
    var view = PublishView(
      topic: topic, payload: UnsafeRawBufferPointer(rebasing: base[packet.payload]), qos: packet.qos,
      isRetain: packet.isRetain, expirySeconds: packet.properties.messageExpirySeconds, by: client.publisher)
    if packet.properties.responseTopic != nil { try checkResponseTopic(packet, base) }
    if packet.properties.block.isEmpty {
      accept(view, on: route, client, session, packet)
    } else if choices.validatesPayloadFormat, packet.properties.payloadFormatIndicator == 1,
      !UTF8Text.isWellFormed(view.payload, allowsNull: true)
    {
      refuseNotText(client, session, packet)
    } else if packet.properties.isForwardable {
      view.properties = UnsafeRawBufferPointer(rebasing: base[packet.properties.block])
      accept(view, on: route, client, session, packet)
    } else {
      var kept = ByteBuffer()
      packet.properties.appendForwardable(from: span, to: &kept)
      view.properties = kept.bytes
      accept(view, on: route, client, session, packet)
    }
    if isOtherShardBehind { holdBack(client) }
  }

  /// A response topic is a topic like others, and reaches others' log files as they do.
  @inline(never)
  private func checkResponseTopic(
    _ packet: PublishPacket, _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) {
    guard !choices.allowsControlCharacters, let range = packet.properties.responseTopic,
      UTF8Text.hasControlCharacters(UnsafeRawBufferPointer(rebasing: base[range]))
    else { return }
    throw ProtocolFault(.malformedPacket, "a response topic with control characters")
  }

  /// An authorized publish: it is delivered, forwarded, and acknowledged now or when its obligations are discharged.
  @inline(__always)
  private func accept(
    _ view: PublishView, on route: Route, _ client: Client, _ session: Session, _ packet: PublishPacket
  ) {
    if let plan = route.plan, let outlet = state.outlet {
      return forward(view, on: route, plan, outlet, client, session, packet)
    }
    // It leaves when the round ends, as what is distributed does. A client that is subscribed to its own topic has its
    // acknowledgement first: some take the message for the end of the matter, and disconnect.
    if packet.qos != .atMostOnce { acknowledge(client, session, packet, .success) }
    _ = distribute(view, on: route, publisherSerial: session.serial, token: .none)
  }

  /// A publish that mappings take: Kafka has the first word, so that what it refuses is not delivered to anybody.
  private func forward(
    _ view: PublishView, on route: Route, _ plan: OutletPlan, _ outlet: any Outlet, _ client: Client,
    _ session: Session,
    _ packet: PublishPacket
  ) {
    let sequence = session.acknowledgements.nextSequence
    var token = ObligationToken.none
    if packet.qos != .atMostOnce {
      let owner = LedgerOwner.publish(
        session, sequence: sequence, packetID: packet.packetID, isExactlyOnce: packet.qos == .exactlyOnce)
      guard let reserved = ledger.reserve(owner) else { return refuse(client, session, packet, .quotaExceeded) }
      token = reserved
    }
    switch outlet.forward(view, on: plan, token: token) {
    case .accepted(let obligations):
      _ = distribute(view, on: route, publisherSerial: session.serial, token: .none)
      guard packet.qos != .atMostOnce else { return }
      ledger.open(token, obligations: obligations)
      if obligations == 0 { return acknowledge(client, session, packet, .success) }
      session.acknowledgements.append(
        Acknowledgement(packetID: packet.packetID, isExactlyOnce: packet.qos == .exactlyOnce, reason: .success),
        isReady: false)
      if packet.qos == .exactlyOnce { session.inbound[packet.packetID] = .open }
      if client.isWatched { watch(session, sequence, view) }
      pauseIfFull(client, session)
    case .refusedForQuota:
      ledger.open(token, obligations: 0)
      refuse(client, session, packet, .quotaExceeded)
    case .refused:
      ledger.open(token, obligations: 0)
      refuseForGood(client, session, packet, view, isUntold: false)
    case .refusedUntold:
      ledger.open(token, obligations: 0)
      refuseForGood(client, session, packet, view, isUntold: true)
    }
  }

  /// Owes the client an acknowledgement that may leave as soon as those before it have left.
  @inline(__always)
  func acknowledge(_ client: Client, _ session: Session, _ packet: PublishPacket, _ reason: ReasonCode) {
    if packet.qos == .exactlyOnce, !reason.isFailure { session.inbound[packet.packetID] = .received }
    if session.acknowledgements.count == 0 {
      touch(client)
      PacketEncoder.acknowledgement(
        packet.qos == .exactlyOnce ? .pubrec : .puback, packetID: packet.packetID, reason: reason,
        version: client.version,
        into: &client.output)
    } else {
      session.acknowledgements.append(
        Acknowledgement(packetID: packet.packetID, isExactlyOnce: packet.qos == .exactlyOnce, reason: reason),
        isReady: true)
      pauseIfFull(client, session)
    }
  }

  /// A 3.x client can't be told Receive Maximum: nothing more is read from it while it is owed so many
  /// acknowledgements.
  private func pauseIfFull(_ client: Client, _ session: Session) {
    if !client.isV5, session.acknowledgements.count >= Int(client.limits.receiveMaximum) { client.isPaused = true }
  }

  // MARK: other shards

  /// Where a publish goes has more mail than it keeps up with, so that it would grow without bound: its client is not
  /// read from until that is over.
  @inline(never)
  private func holdBack(_ client: Client) {
    isOtherShardBehind = false
    guard client.phase == .connected else { return }
    client.isPaused = true
    heldBack.append(client)
  }

  /// Another shard has caught up with its mail: those that were held back are read from again.
  public func relieve() {
    let clients = heldBack
    heldBack = []
    for client in clients { readAgain(client) }
  }

  /// Reads from a client again when one reason not to is over, unless another one holds.
  func readAgain(_ client: Client) {
    guard client.isPaused, let session = client.session else { return }
    // A 3.x client that is owed too many acknowledgements goes on when some of them have left.
    guard client.isV5 || session.acknowledgements.count < Int(client.limits.receiveMaximum) else { return }
    client.isPaused = false
    // It could not be heard meanwhile, so its keep alive begins anew.
    client.heardAtMilliseconds = now
    host.resume(client)
  }

  // MARK: limits and rights

  /// What a client may have unacknowledged [MQTT-3.3.4-9]. 3.x clients, which are not told the number, are not read
  /// from instead.
  @inline(__always)
  private func checkQuota(_ client: Client, _ session: Session) throws(ProtocolFault) {
    let open = session.acknowledgements.count &+ session.inbound.count
    if open >= Int(client.limits.receiveMaximum) { try exceeded(client, session) }
  }

  @inline(never)
  private func exceeded(_ client: Client, _ session: Session) throws(ProtocolFault) {
    // A 3.x client was never told a number. What it is owed is bounded by not reading from it, and what it does not
    // release by there being 65,535 packet identifiers; to read no more would keep its PUBRELs waiting too.
    guard client.isV5 else { return }
    // What waits to be answered with PUBREC stands in both.
    let owed = session.acknowledgements.count { !$0.isExactlyOnce || session.inbound[$0.packetID] == nil }
    let unreleased = session.inbound.count - session.inboundBefore.count
    guard owed + unreleased >= Int(client.limits.receiveMaximum) else { return }
    throw ProtocolFault(.receiveMaximumExceeded, "more QoS 1 and 2 publishes in flight than Receive Maximum allows")
  }

  @inline(never)
  private func isAllowed(_ client: Client, _ route: Route) -> Bool {
    if decisions.isAllowed(client: client.decisionKey, route: route.serial) {
      client.allowedRoute = route.serial
      return true
    }
    guard let grants = client.grants, mayPublish(route.topic, grants) else { return false }
    decisions.allow(client: client.decisionKey, route: route.serial)
    client.allowedRoute = route.serial
    return true
  }

  /// Clients never publish to `$` topics, whatever the rules say, but where bridges have their state: they are the
  /// server's own.
  func mayPublish(_ topic: [UInt8], _ grants: any AccessGrants) -> Bool {
    topic.withUnsafeBytes { topic in
      (topic.first != UInt8(ascii: "$") || BridgeStateTopic.isOne(topic)) && grants.mayPublish(topic)
    }
  }

  /// Why a publish or will was denied, where that is not plainly what the rules allow.
  func reasonOfDenial(_ topic: [UInt8]) -> String? {
    guard topic.first == UInt8(ascii: "$") else { return nil }
    return topic.withUnsafeBytes { BridgeStateTopic.isOne($0) }
      ? "a topic that begins with $ needs a rule that names it: $SYS/broker/connection/+/state"
      : "clients never publish to topics that begin with $, but for $SYS/broker/connection/NAME/state"
  }

  /// 5.0 clients are told; 3.x have no way to be told but the end, which would stop a device for one wrong topic, so
  /// they get their acknowledgement, as the specification allows [MQTT-3.3.5-2 of 3.1.1].
  private func denied(_ client: Client, _ session: Session, _ packet: PublishPacket, topic: [UInt8]) {
    counters.publishesDenied.add()
    state.log.log(
      .info, "publish denied",
      deniedFields(client.publisher, topic: topic) + (reasonOfDenial(topic).map { [("reason", $0)] } ?? []))
    if packet.qos != .atMostOnce {
      acknowledge(client, session, packet, client.isV5 ? choices.told(.notAuthorized) : .success)
    }
  }

  func deniedFields(_ publisher: Publisher, topic: [UInt8]) -> [(name: String, value: String)] {
    // Of a topic no more than the log takes.
    [
      ("client", publisher.clientID), ("user", publisher.userName), ("certificate", publisher.certificateName),
      ("topic", Array(topic.prefix(LogLine.valueBytesMax + 1))),
    ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
  }

  /// A QoS 2 publish that came before: it is not published again [MQTT-4.3.3-10], only answered.
  private func repeated(
    _ client: Client, _ session: Session, _ packet: PublishPacket, _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) {
    // From now on it is this connection's.
    session.inboundBefore.remove(packet.packetID)
    // The connection may be new, and its later publishes rely on the alias.
    if packet.properties.topicAlias != nil { _ = try aliasedTopic(client, packet, base) }
    // One PUBREC answers all repetitions, or they would pile up behind an acknowledgement that is withheld.
    guard !session.acknowledgements.owes(exactlyOnce: packet.packetID) else { return }
    switch session.inbound[packet.packetID] {
    case .received: acknowledge(client, session, packet, .success)
    case .open:
      let sequence = session.acknowledgements.append(
        Acknowledgement(packetID: packet.packetID, isExactlyOnce: true, reason: .success), isReady: false)
      if client.isWatched { watch(client, session, sequence, packet, base) }
    case nil: break
    }
  }

  /// The topic that a publish with an alias names, after it has set the alias.
  private func aliasedTopic(
    _ client: Client, _ packet: PublishPacket, _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) -> [UInt8] {
    guard let alias = packet.properties.topicAlias, alias <= client.limits.topicAliasMaximum else {
      throw ProtocolFault(.topicAliasInvalid, "a topic alias above Topic Alias Maximum")
    }
    if !packet.topic.isEmpty {
      var topic = ByteBuffer()
      client.appendOutside(UnsafeRawBufferPointer(rebasing: base[packet.topic]), to: &topic)
      // Judged before it is kept, so that an alias always stands for a valid name.
      _ = try route(to: topic.bytes)
      client.topicAliases[alias] = Array(topic.bytes)
    }
    guard let topic = client.topicAliases[alias] else {
      throw ProtocolFault(.protocolError, "a topic alias that was not set")
    }
    return topic
  }

  private func publishAliased(
    _ client: Client, _ session: Session, _ packet: PublishPacket, _ span: Span<UInt8>, _ base: UnsafeRawBufferPointer
  ) throws(ProtocolFault) {
    let topic = try aliasedTopic(client, packet, base)
    var fault: ProtocolFault?
    topic.withUnsafeBytes { topic in
      do throws(ProtocolFault) {
        try publish(client, session, packet, topic: topic, span, base)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
  }
}
