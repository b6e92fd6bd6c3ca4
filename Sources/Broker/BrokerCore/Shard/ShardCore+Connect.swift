import MQTTCodec
import Synchronization

/// CONNECT: from the packet to the session.
extension ShardCore {
  func connect(
    _ client: Client, _ header: FixedHeader, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    let packet: ConnectPacket
    do {
      packet = try ConnectPacket.decode(span, header)
    } catch {
      return failConnect(client, error, header, span, bytes)
    }
    client.version = packet.version
    client.isV5 = packet.version == .v5
    client.variant = FanOut.variant(client.version, client.mountPoint)
    client.wantsProblemInformation = packet.properties.wantsProblemInformation
    client.packetBytesMax = packet.properties.packetBytesMax.map { Int($0) } ?? .max
    guard packet.clientID.count <= client.limits.clientIDBytesMax else {
      return refuse(
        client, .clientIdentifierNotValid,
        "the client identifier has \(packet.clientID.count) bytes, more than client_id_bytes_max"
          + " (\(client.limits.clientIDBytesMax))", claimedID: Claimed.text(bytes[packet.clientID]))
    }
    guard !packet.clientID.isEmpty || packet.cleanStart || packet.version == .v5 else {
      return refuse(client, .clientIdentifierNotValid, "an empty client identifier without a clean session")
    }
    let claimedID = Claimed.text(bytes[packet.clientID])
    guard try admits(packet, client, span, bytes) else { return }
    var will: Will?
    if let packetWill = packet.will {
      let topic = Array(bytes[packetWill.topic])
      let willTopic = client.mountPoint?.outside(topic) ?? topic
      guard willTopic.count <= DecodingLimits.fieldBytesMax,
        willTopic.withUnsafeBytes({ TopicName.levelCount($0) }) <= limits.topicLevelsMax
      else {
        return refuse(
          client, .topicNameInvalid, "a will whose topic has more than \(limits.topicLevelsMax) levels",
          claimedID: claimedID, more: [("will_topic", Claimed.text(willTopic))])
      }
      if choices.validatesPayloadFormat, packetWill.properties.payloadFormatIndicator == 1,
        !UTF8Text.isWellFormed(
          UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[packetWill.payload]), allowsNull: true)
      {
        return refuse(
          client, .payloadFormatInvalid, "a will that is not the text that it is said to be", claimedID: claimedID,
          more: [("will_topic", Claimed.text(willTopic))])
      }
      var properties = ByteBuffer()
      packetWill.properties.appendForwardable(from: span, to: &properties)
      will = Will(
        topic: willTopic, payload: Array(bytes[packetWill.payload]),
        properties: Array(properties.bytes),
        qos: packetWill.qos, isRetain: packetWill.isRetain, delaySeconds: packetWill.delaySeconds,
        expirySeconds: packetWill.messageExpirySeconds)
    }
    let request = ConnectRequest(
      version: packet.version, cleanStart: packet.cleanStart, keepAliveSeconds: packet.keepAliveSeconds,
      clientID: packet.clientID.isEmpty ? assignedClientID() : Array(bytes[packet.clientID]),
      isClientIDAssigned: packet.clientID.isEmpty, will: will, userName: packet.userName.map { Array(bytes[$0]) },
      password: packet.password.map { Array(bytes[$0]) },
      authenticationMethod: packet.properties.authenticationMethod.map { Array(bytes[$0]) },
      authenticationData: packet.properties.authenticationData.map { Array(bytes[$0]) }, properties: packet.properties)
    client.request = request
    client.authenticationMethod = request.authenticationMethod
    client.phase = .authenticating
    host.authenticate(client, request)
  }

  /// A connection came from another shard, because its client identifier has its session here.
  public func adopt(_ client: Client) {
    guard client.phase == .authenticating else { return }
    client.id = nextID()
    client.decisionKey = decisions.nextKey()
    clients[client.id] = client
    counters.connectionsOpen.add()
    wheel.schedule(.client(client.id), atMilliseconds: now + 1000)
    settle(client)
  }

  private func assignedClientID() -> [UInt8] {
    Array("auto-".utf8) + random(12).flatMap { byte in [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 48 : $0 + 87 } }
  }

  /// Finds out which shard the client identifier belongs to, and goes on there.
  func settle(_ client: Client) {
    switch state.registry.claim(client.publisher.sessionName, by: shard) {
    case .own: accept(client)
    case .full: refuse(client, .quotaExceeded, "there are \(limits.sessionsMax) sessions already")
    case .other(let owner):
      clients[client.id] = nil
      counters.connectionsOpen.add(-1)
      host.move(client, to: owner)
    }
  }

  private func accept(_ client: Client) {
    guard let request = client.request, let grants = client.grants else { return }
    let publisher = client.publisher
    let name = publisher.sessionName
    var present = sessions[name]
    if let session = present {
      guard session.owner == SessionOwner(publisher) else {
        return refuse(client, .notAuthorized, "another user's session has this client identifier")
      }
      if let old = session.client { takeOver(old) }
      // Taking over may have ended it, if it was to end with its connection. A session that ends publishes its delayed
      // will; one that goes on doesn't [MQTT-3.1.3-9].
      if request.cleanStart { end(session) }
      session.delayedWill = nil
      if session.isEnded { present = nil }
    }
    let session: Session
    if let present {
      session = present
      session.publisher = publisher
      session.grants = grants
      // What it may receive is judged again for the identity that it has now.
      state.subscriptions.invalidateRoutes(of: session.subscriptions.keys)
    } else {
      // Ending the old session gave the identifier back.
      guard case .own = state.registry.claim(name, by: shard) else { return settle(client) }
      session = makeSession(name, publisher, grants, client.limits)
    }
    attach(client, to: session, request)
    guard greet(client, request, isPresent: present != nil) else {
      // It was not let in, so it leaves no will.
      client.will = nil
      return refuse(client, .packetTooLarge, "it takes no packet that could tell it the server's bounds")
    }
    host.accepted(client)
    if present != nil { resume(session, client) }
    // Last, since what the client sent behind CONNECT may be handled right here, and must find the session resumed.
    host.resume(client)
  }

  private func makeSession(
    _ name: [UInt8], _ publisher: Publisher, _ grants: any AccessGrants, _ limits: ClientLimits
  ) -> Session {
    let session = Session(
      serial: nextID(), shard: shard, name: name, owner: SessionOwner(publisher), publisher: publisher, grants: grants,
      limits: limits)
    sessions[session.name] = session
    sessionsBySerial[session.serial] = session
    return session
  }

  private func attach(_ client: Client, to session: Session, _ request: ConnectRequest) {
    let isV5 = request.version == .v5
    // 3.x: a session that isn't clean lasts until it is discarded; here at most until the longest expiry.
    let asked = isV5 ? request.properties.sessionExpirySeconds : (request.cleanStart ? 0 : UInt32.max)
    session.expirySeconds = min(asked, client.limits.sessionExpirySecondsMax)
    session.isExpiryAsked = asked > 0
    session.isDurable = session.expirySeconds > 0
    session.expiresAtMilliseconds = 0
    session.limits = client.limits
    session.inboundBefore = Set(session.inbound.keys)
    session.client = client
    client.queuesAtMostOnce = !session.queue.isEmpty || !session.searches.isEmpty
    beginPatience(client, session)
    client.session = session
    client.phase = .connected
    client.request = nil
    client.will = request.will
    client.allowedRoute = 0
    client.isWatched =
      !isV5 && state.refusedMessages.withLock { $0.isWatched(session.name, nowMilliseconds: now) }
    client.sendQuota = min(Int(request.properties.receiveMaximum), client.limits.inflightMax)
    client.sentAliasesMax = min(Int(request.properties.topicAliasMaximum), Int(client.limits.topicAliasMaximum))
    let keepAlive =
      request.keepAliveSeconds == 0
      ? client.limits.keepAliveSecondsMax
      : min(request.keepAliveSeconds, isV5 ? client.limits.keepAliveSecondsMax : .max)
    // One and a half times the keep alive [MQTT-3.1.2-22].
    client.keepAliveMilliseconds = Int64(keepAlive) * 1500
    client.heardAtMilliseconds = now
    wheel.schedule(.client(client.id), atMilliseconds: now + client.keepAliveMilliseconds)
  }

  /// Sends CONNACK; false, and nothing is sent, when the client doesn't take so large a packet [MQTT-3.1.2-24].
  private func greet(_ client: Client, _ request: ConnectRequest, isPresent: Bool) -> Bool {
    var properties = ConnackProperties()
    if request.version == .v5 {
      if client.limits.receiveMaximum < .max { properties.receiveMaximum = client.limits.receiveMaximum }
      properties.packetBytesMax = UInt32(clamping: client.limits.packetBytesMax)
      properties.topicAliasMaximum = client.limits.topicAliasMaximum
      properties.maximumQoS = client.limits.maximumQoS
      if !client.limits.isRetainAvailable { properties.isRetainAvailable = false }
      if request.isClientIDAssigned { properties.assignedClientID = client.publisher.clientID }
      if let session = client.session, session.expirySeconds != request.properties.sessionExpirySeconds {
        properties.sessionExpirySeconds = session.expirySeconds
      }
      properties.authenticationMethod = client.authenticationMethod
      properties.authenticationData = client.lastAuthenticationData
      client.lastAuthenticationData = nil
      let keepAlive = UInt16(clamping: client.keepAliveMilliseconds / 1500)
      if request.keepAliveSeconds != keepAlive {
        properties.serverKeepAliveSeconds = keepAlive
      }
      if request.properties.wantsResponseInformation {
        properties.responseInformation = choices.responseInformation?.text(for: client.publisher)
      }
    }
    touch(client)
    let before = client.output.count
    PacketEncoder.connack(
      sessionPresent: isPresent, reason: .success, version: client.version, properties: properties, into: &client.output
    )
    if takesBackIfTooLarge(client, since: before) {
      guard properties.responseInformation != nil else { return false }
      // It may be left out, and the bounds may not.
      properties.responseInformation = nil
      PacketEncoder.connack(
        sessionPresent: isPresent, reason: .success, version: client.version, properties: properties,
        into: &client.output)
      if takesBackIfTooLarge(client, since: before) { return false }
    }
    counters.connectsAccepted.add()
    state.log.log(
      .debug, "client connected",
      [
        ("client", String(decoding: client.clientID, as: UTF8.self)), ("version", "\(client.version)"),
        ("session_present", "\(isPresent)"),
      ])
    return true
  }

  /// Removes what was just written if it is one packet larger than the client takes; says whether it was.
  func takesBackIfTooLarge(_ client: Client, since before: Int) -> Bool {
    let written = client.output.count - before
    guard written > client.packetBytesMax else { return false }
    client.output.removeLast(written)
    return true
  }

  /// What waits and may not be received any more is removed.
  func judgeAgain(_ session: Session) {
    remove(from: session) { message in message.withParts { topic, _, _ in !session.grants.mayReceive(topic) } }
  }

  /// Sends again what was in flight when the connection was lost, then what waited [MQTT-4.4.0-1]; but nothing that the
  /// client may no longer receive.
  private func resume(_ session: Session, _ client: Client) {
    for (packetID, state, _) in session.outbound.incomplete {
      switch state {
      case .awaitsPubcomp:
        touch(client)
        PacketEncoder.acknowledgement(
          .pubrel, packetID: packetID, reason: .success, version: client.version, into: &client.output)
      case .awaitsPuback, .awaitsPubrec: client.resends.append(packetID)
      case .complete: break
      }
    }
    client.resends.reverse()
    judgeAgain(session)
    drain(session)
  }
}
