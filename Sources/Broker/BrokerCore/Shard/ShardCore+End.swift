import MQTTCodec

/// Every way in which a connection or a session ends, and the deadlines that lead there.
extension ShardCore {
  /// DISCONNECT from the client.
  func disconnected(_ client: Client, _ packet: DisconnectPacket) throws(ProtocolFault) {
    if let session = client.session, let asked = packet.sessionExpirySeconds {
      guard session.isExpiryAsked || asked == 0 else {
        throw ProtocolFault(.protocolError, "DISCONNECT sets a session expiry where CONNECT had none")
      }
      session.expirySeconds = min(asked, client.limits.sessionExpirySecondsMax)
      session.isDurable = session.expirySeconds > 0
    }
    // Every other reason says that something went wrong, or asks for the will [MQTT-3.14.4-3].
    if packet.reason == .normalDisconnection { client.will = nil }
    finish(client, nil)
  }

  /// Closes a connection for a fault: 5.0 clients are told which.
  func fail(
    _ client: Client, _ reason: ReasonCode, _ why: String, claimedID: String? = nil,
    more: [(name: String, value: String)] = []
  ) {
    guard client.phase != .closed else { return }
    counters.protocolFaults.add()
    logFault(client, why, claimedID, more: more)
    if client.phase == .connected, client.isV5 {
      touch(client)
      let before = client.output.count
      if client.wantsProblemInformation, choices.revealsRefusals {
        PacketEncoder.disconnect(reason: reason, reasonString: why, version: client.version, into: &client.output)
      }
      // The reason string is left out where the client doesn't take so large a packet [MQTT-3.14.2-3].
      let written = client.output.count - before
      if written == 0 || written > client.packetBytesMax {
        client.output.removeLast(written)
        PacketEncoder.disconnect(reason: reason, reasonString: nil, version: client.version, into: &client.output)
      }
    } else if client.phase == .exchanging {
      // Before CONNACK there is no DISCONNECT [MQTT-3.14.0-1].
      return refuse(client, reason, why)
    } else if client.phase == .awaitsConnect,
      reason == .unsupportedProtocolVersion || reason == .clientIdentifierNotValid
    {
      // The two faults of a CONNECT that 3.x answers with a return code [MQTT-3.1.2-2, MQTT-3.1.3-8].
      touch(client)
      PacketEncoder.connack(
        sessionPresent: false, reason: reason, version: client.version, properties: ConnackProperties(),
        into: &client.output)
    }
    finish(client, why)
  }

  /// The socket is gone: the transport has closed it, or will without sending more.
  public func lost(_ client: Client) {
    if client.phase != .closed { finish(client, nil) }
  }

  /// The connection is over: what is in its output is still sent, its session goes on or ends, and its will is
  /// published.
  ///
  /// - Parameter isServerStopping: Sessions don't outlive the server, so what was not acknowledged is not done then: a
  ///   record of Kafka stays uncommitted, and is read again after the next start.
  func finish(_ client: Client, _ why: String?, isServerStopping: Bool = false) {
    guard client.phase != .closed else { return }
    let session = client.session
    client.phase = .closed
    client.closeReason = why
    client.session = nil
    client.grants = nil
    client.request = nil
    // One that is on its way to another shard was counted out already.
    if clients.removeValue(forKey: client.id) != nil { counters.connectionsOpen.add(-1) }
    touch(client)
    guard let session, session.client === client else { return }
    session.client = nil
    session.presence = .away
    endPatience(client, session)
    // What this connection owed: the client will send again what it has no acknowledgement for.
    session.acknowledgements.removeAll()
    session.watched = [:]
    // What was sent and not acknowledged is the session's now, to be sent again; nobody upstream waits for it any
    // longer.
    // What a member of a share group leaves behind goes to another, with its obligation.
    let isPassedOn = !session.isDurable && !isServerStopping
    let owed =
      session.outbound.takeTokens(sparingShared: isPassedOn) + session.queue.takeTokens(sparingShared: isPassedOn)
    if !isServerStopping {
      for token in owed { discharge(Discharge(token: token, outcome: .unneeded)) }
      if session.isDurable {
        counters.droppedQueueFull.add(session.queue.cut(to: session.limits))
        session.searches.queueEnds(at: session.queue.end)
      }
    }
    if let will = client.will { leave(will, session) }
    client.will = nil
    if session.isDurable {
      session.expiresAtMilliseconds = now + Int64(session.expirySeconds) * 1000
      look(at: session, atMilliseconds: session.expiresAtMilliseconds)
    } else {
      end(session)
    }
  }

  /// Another connection has the client identifier now [MQTT-3.1.4-3].
  func takeOver(_ old: Client) {
    counters.takeovers.add()
    if old.isV5 {
      touch(old)
      PacketEncoder.disconnect(reason: .sessionTakenOver, reasonString: nil, version: old.version, into: &old.output)
    }
    finish(old, "session taken over by another connection")
  }

  /// Ends a session: its subscriptions, what waits, and its name.
  func end(_ session: Session) {
    guard !session.isEnded else { return }
    if let (will, _) = session.delayedWill {
      session.delayedWill = nil
      fire(will, session)
    }
    session.isEnded = true
    session.presence = .ended
    for filter in session.subscriptions.keys { state.subscriptions.unsubscribe(session, from: filter) }
    counters.subscriptions.add(-session.subscriptions.count)
    session.subscriptions = [:]
    passOn(session)
    session.inbound = [:]
    session.inboundBefore = []
    sessions[session.name] = nil
    sessionsBySerial[session.serial] = nil
    state.registry.release(session.name)
  }

  /// What a session got as a member of a share group and did not acknowledge goes to other members, but what it may
  /// have received at QoS 2 [MQTT-4.8.2-5].
  private func passOn(_ session: Session) {
    var left: [(message: Message, group: ShareGroup, token: ObligationToken)] = []
    for (_, _, kept) in session.outbound.incomplete {
      guard let kept, let group = kept.share else { continue }
      if kept.qos == .atLeastOnce, let message = kept.message {
        left.append((message, group, kept.token))
      } else {
        discharge(kept)
      }
    }
    for delivery in session.queue.all {
      if let group = delivery.share { left.append((delivery.message, group, delivery.token)) }
    }
    // Routes that are out of date may hold the session for long.
    session.queue = MessageQueue()
    session.searches = RetainedSearches()
    session.outbound = OutboundFlow()
    for (message, group, token) in left { shareAgain(message, in: group, token: token) }
  }

  // MARK: wills

  /// A connection ended with its will: it is published now, or when its delay is over.
  private func leave(_ will: Will, _ session: Session) {
    guard will.delaySeconds > 0, session.isDurable else { return fire(will, session) }
    // Never later than the session's end [MQTT-3.1.3-9].
    let due = now + Int64(min(will.delaySeconds, session.expirySeconds)) * 1000
    session.delayedWill = (will, due)
    look(at: session, atMilliseconds: due)
  }

  /// Publishes a will, if its client may still publish there.
  private func fire(_ will: Will, _ session: Session) {
    guard mayPublish(will.topic, session.grants) else {
      counters.publishesDenied.add()
      return
    }
    let message = Message(
      topic: will.topic, payload: will.payload, properties: will.properties, qos: will.qos, isRetain: will.isRetain,
      expiresAtMilliseconds: will.expirySeconds.map { now + Int64($0) * 1000 }, by: session.publisher)
    withView(of: message) { view, route in
      if let plan = route.plan, let outlet = state.outlet {
        // Nobody waits for a will's acknowledgement, so nobody can be told that it was refused but the log.
        if case .accepted = outlet.forward(view, on: plan, token: .none) {
        } else {
          counters.publishesRefused.add()
          state.log.log(
            .warning, "a will could not be forwarded",
            [("client", String(decoding: session.publisher.clientID, as: UTF8.self))])
        }
      }
      _ = distribute(view, on: route, publisherSerial: session.serial, token: .none)
    }
  }

  // MARK: deadlines

  /// How often ``tick()`` is to be called.
  public static let tickMilliseconds = DeadlineWheel.slotMilliseconds

  /// Looks at what is due; called every ``tickMilliseconds`` or so between ``beginRound(nowMilliseconds:)`` and
  /// ``endRound()``.
  public func tick() {
    // Whoever is still behind holds them back again at their next publish.
    relieve()
    losePatience()
    for subject in wheel.due(nowMilliseconds: now) {
      switch subject {
      case .client(let id): if let client = clients[id] { check(client) }
      case .session(let serial, let number):
        if let session = sessionsBySerial[serial], session.look?.number == number { check(session) }
      }
    }
    updateGauges()
  }

  private func check(_ client: Client) {
    let deadline: Int64
    switch client.phase {
    case .closed: return
    case .awaitsConnect, .authenticating, .exchanging:
      deadline = client.openedAtMilliseconds + Int64(client.limits.connectTimeoutSeconds) * 1000
    case .connected: deadline = client.heardAtMilliseconds + client.keepAliveMilliseconds
    }
    // A client that isn't read from can't be heard.
    guard deadline <= now, !client.isPaused else {
      return wheel.schedule(.client(client.id), atMilliseconds: max(deadline, now + 1000))
    }
    counters.timeouts.add()
    if client.phase == .connected {
      fail(client, .keepAliveTimeout, "nothing was heard for one and a half times the keep alive")
    } else {
      let why = "no CONNECT was accepted within \(client.limits.connectTimeoutSeconds) s"
      state.log.log(
        .info, "connection timed out",
        [("listener", client.listenerName), ("peer", client.peerAddress), ("reason", why)])
      finish(client, why)
    }
  }

  /// Sees to it that a session is looked at by its deadline. One entry of the wheel is enough, however often its client
  /// comes and goes.
  private func look(at session: Session, atMilliseconds deadline: Int64) {
    if let look = session.look, look.atMilliseconds <= deadline { return }
    session.lastLook &+= 1
    session.look = (session.lastLook, deadline)
    wheel.schedule(.session(session.serial, look: session.lastLook), atMilliseconds: deadline)
  }

  private func check(_ session: Session) {
    session.look = nil
    guard session.client == nil else { return }
    if let (will, due) = session.delayedWill, due <= now {
      session.delayedWill = nil
      fire(will, session)
    }
    if session.expiresAtMilliseconds <= now { return end(session) }
    var next = session.expiresAtMilliseconds
    if let (_, due) = session.delayedWill { next = min(next, due) }
    look(at: session, atMilliseconds: next)
  }

  /// The transport's socket took what waited: more of the session's queue may follow.
  public func drained(_ client: Client) {
    guard let session = client.session else { return }
    if !session.queue.isEmpty || !client.resends.isEmpty || !session.searches.isEmpty { drain(session) }
  }

  /// The server stops: every client is told, and its will is kept back (the client did nothing wrong, and will come
  /// again).
  public func shutDown() {
    for client in clients.values {
      client.will = nil
      if client.phase == .connected, client.isV5 {
        touch(client)
        PacketEncoder.disconnect(
          reason: .serverShuttingDown, reasonString: nil, version: client.version, into: &client.output)
      }
      finish(client, "the server stops", isServerStopping: true)
    }
  }
}
