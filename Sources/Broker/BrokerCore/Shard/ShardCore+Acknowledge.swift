import MQTTCodec

/// Acknowledgements in both directions, and the discharge of obligations.
extension ShardCore {
  /// PUBACK from a subscriber.
  @inline(__always)
  func acknowledged(_ client: Client, _ packet: AcknowledgementPacket) throws(ProtocolFault) {
    guard let session = client.session else { return }
    switch session.outbound.puback(packet.packetID) {
    case .completed(let kept):
      progressed(client)
      if let kept { discharge(kept) }
      if !session.queue.isEmpty || !client.resends.isEmpty || client.queuesAtMostOnce { drain(session) }
    case .wrongKind: throw Self.wrongKind
    // An identifier that nothing waits for is ignored: the specification names no error for it, and 3.x clients do send
    // them.
    case .unknown, .release: break
    }
  }

  /// PUBACK for a delivery at QoS 2, PUBREC or PUBCOMP for one at QoS 1, or PUBCOMP before PUBREC (MQTT 5.0 section
  /// 4.3).
  private static var wrongKind: ProtocolFault {
    ProtocolFault(.protocolError, "an acknowledgement of another kind than the delivery's QoS asks for now")
  }

  /// PUBREC and PUBCOMP from a subscriber, PUBREL from a publisher.
  func acknowledgedExactlyOnce(_ client: Client, _ packet: AcknowledgementPacket) throws(ProtocolFault) {
    guard let session = client.session else { return }
    switch packet.type {
    case .pubrel:
      let wasKnown = session.inbound[packet.packetID] != nil
      session.inbound[packet.packetID] = nil
      session.inboundBefore.remove(packet.packetID)
      touch(client)
      PacketEncoder.acknowledgement(
        .pubcomp, packetID: packet.packetID, reason: wasKnown ? .success : .packetIdentifierNotFound,
        version: client.version, into: &client.output)
    case .pubrec:
      switch session.outbound.pubrec(packet.packetID, isError: packet.reason.isFailure) {
      case .release:
        progressed(client)
        release(client, packet.packetID, .success)
      case .unknown: if !packet.reason.isFailure { release(client, packet.packetID, .packetIdentifierNotFound) }
      case .completed(let kept):
        progressed(client)
        discharge(kept)
        drain(session)
      case .wrongKind: throw Self.wrongKind
      }
    default:
      switch session.outbound.pubcomp(packet.packetID) {
      case .completed(let kept):
        progressed(client)
        discharge(kept)
        drain(session)
      case .wrongKind: throw Self.wrongKind
      case .unknown, .release: break
      }
    }
  }

  private func release(_ client: Client, _ packetID: UInt16, _ reason: ReasonCode) {
    touch(client)
    PacketEncoder.acknowledgement(
      .pubrel, packetID: packetID, reason: reason, version: client.version, into: &client.output)
  }

  /// The subscriber has the message: what was promised for it is kept.
  func discharge(_ kept: KeptDelivery?) {
    guard let token = kept?.token, token != .none else { return }
    discharge(Discharge(token: token, outcome: .fulfilled))
  }

  /// One obligation ended: of this shard's ledger, or of another's.
  func discharge(_ discharge: Discharge) {
    guard discharge.token.shard == shard else {
      guard outgoingDischarges.indices.contains(discharge.token.shard) else { return }
      outgoingDischarges[discharge.token.shard].append(discharge)
      hasMail = true
      return
    }
    guard let (owner, outcome) = ledger.discharge(discharge) else { return }
    switch owner {
    case .remote(let token): self.discharge(Discharge(token: token, outcome: outcome))
    case .record(let source, let position): complete(source, position, isReceived: outcome == .fulfilled)
    case .publish(let session, let sequence, let packetID, let isExactlyOnce):
      settle(session, sequence, packetID, isExactlyOnce, outcome)
    }
  }

  /// A record is done: its source is told at the end of the round.
  func complete(_ source: any RecordSource, _ position: RecordPosition, isReceived: Bool) {
    hasMail = true
    var position = position
    position.isReceived = isReceived
    if let last = completions.indices.last, completions[last].source === source {
      completions[last].positions.append(position)
    } else {
      completions.append((source, [position]))
    }
  }

  /// Every obligation of a publish is discharged: its acknowledgement is ready, and leaves in its turn.
  private func settle(
    _ session: Session, _ sequence: UInt32, _ packetID: UInt16, _ isExactlyOnce: Bool, _ outcome: DischargeOutcome
  ) {
    var reason = ReasonCode.success
    switch outcome {
    case .fulfilled, .unneeded: break
    case .refusedForQuota:
      reason = .quotaExceeded
      counters.publishesRefusedForQuota.add()
    case .refused:
      reason = .implementationSpecificError
      counters.publishesRefused.add()
    case .refusedUntold:
      counters.publishesRefused.add()
      if let client = session.client, !client.isV5 {
        tellUntold(client, topic: session.watched[sequence]?.topic, isAtOnce: true)
      } else {
        reason = .implementationSpecificError
      }
    }
    // A client that sent PUBREL before its PUBREC has given the identifier up already.
    if isExactlyOnce, session.inbound[packetID] == .open {
      session.inbound[packetID] = reason.isFailure ? nil : .received
      if reason.isFailure { session.inboundBefore.remove(packetID) }
    }
    session.acknowledgements.ready(sequence, packetID: packetID, isExactlyOnce: isExactlyOnce, reason: reason)
    guard let client = session.client, client.phase == .connected else { return }
    var leaving = session.acknowledgements.headSequence
    while var next = session.acknowledgements.popReady() {
      let watched = client.isWatched ? session.watched.removeValue(forKey: leaving) : nil
      leaving &+= 1
      if next.reason.isFailure, !client.isV5 {
        // 3.x can't say no, and must not say yes: the client loses its connection and sends again.
        guard next.reason == .implementationSpecificError, isEnough(client, watched) else {
          return fail(client, next.reason, "a publish was refused by the bridge: \(next.reason)")
        }
        tellUntold(client, topic: watched?.topic, isAtOnce: false)
        if next.isExactlyOnce { session.inbound[next.packetID] = .received }
        next.reason = .success
      }
      touch(client)
      PacketEncoder.acknowledgement(
        next.isExactlyOnce ? .pubrec : .puback, packetID: next.packetID, reason: next.reason, version: client.version,
        into: &client.output)
    }
    if client.isPaused, session.acknowledgements.count <= Int(client.limits.receiveMaximum) / 2 {
      readAgain(client)
    }
  }

  // MARK: mail

  /// Takes what another thread or shard posted.
  public func take(_ mail: ShardMail) {
    switch mail {
    case .discharges(let all): for one in all { discharge(one) }
    case .records(let all): publish(all)
    case .deliveries(let all): for one in all { deliver(one) }
    case .inquiry(let inquiry): judge(inquiry)
    case .finding(let finding): take(finding)
    }
  }

  /// A publish that another shard took, for the receivers here. They share one obligation of that shard's entry.
  private func deliver(_ delivery: ShardDelivery) {
    var token = ObligationToken.none
    if delivery.token != .none { token = ledger.reserve(.remote(delivery.token)) ?? .none }
    var distribution = Distribution()
    if let (subscription, group, refused) = delivery.member {
      distribution = deliver(delivery.message, toMember: subscription, of: group, refused: refused, token: token)
    } else {
      withView(of: delivery.message) { view, route in
        distribution = distributeHere(view, on: route, publisherSerial: delivery.publisherSerial, token: token)
      }
    }
    if token != .none {
      ledger.open(token, obligations: distribution.obligations, isOvertaken: distribution.isTakenAtOnce)
    }
    if delivery.token != .none, token == .none || distribution.obligations == 0 {
      discharge(Discharge(token: delivery.token, outcome: distribution.isTakenAtOnce ? .fulfilled : .unneeded))
    }
  }

  /// Calls `body` with a kept message as a view and its route; not at all when the topic isn't valid or the message
  /// expired.
  func withView(of message: Message, _ body: (PublishView, Route) -> Void) {
    var left: UInt32?
    if let expiry = message.expiresAtMilliseconds {
      guard expiry > now else { return counters.expired.add() }
      left = UInt32(clamping: (expiry - now + 999) / 1000)
    }
    message.withParts { topic, properties, payload in
      guard let route = try? route(to: topic) else {
        return state.log.log(.warning, "a message with an invalid topic name was left out")
      }
      body(
        PublishView(
          topic: topic, payload: payload, properties: properties, qos: message.qos, isRetain: message.isRetain,
          expirySeconds: left, by: message.publisher), route)
    }
  }
}
