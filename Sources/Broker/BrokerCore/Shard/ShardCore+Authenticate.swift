import MQTTCodec

/// What is decided about a CONNECT, and extended authentication (MQTT 5.0 section 4.12).
extension ShardCore {
  /// The answer to ``ShardHost/authenticate(_:_:)`` and ``ShardHost/continueAuthentication(_:_:)``; ignored when the
  /// client is gone.
  public func decided(_ client: Client, _ decision: ConnectDecision) {
    if client.phase == .connected, client.isReauthenticating { return decidedAgain(client, decision) }
    guard client.phase == .authenticating, let request = client.request else { return }
    switch decision {
    case .refused(let reason, let why): refuse(client, decided: reason, why)
    case .challenge(let data):
      // A client that named no method must not get AUTH [MQTT-4.12.0-6].
      guard client.authenticationMethod != nil else {
        return refuse(client, .notAuthorized, "it must be authenticated by a method that it does not speak")
      }
      guard challenge(client, data) else {
        return refuse(client, .packetTooLarge, "a challenge is larger than the packets that it takes")
      }
      client.phase = .exchanging
      host.resume(client)
    case .accepted(let publisher, let granted, let data):
      let grants = client.rights(granted)
      if let will = request.will, !mayPublish(will.topic, grants) {
        let why = reasonOfDenial(will.topic) ?? "allow its topic in access.yaml"
        return refuse(
          client, .notAuthorized, "not authorized to publish its will: \(why)",
          more: [("will_topic", Claimed.text(will.topic))])
      }
      client.publisher = client.mountPoint.map { Publisher(publisher, below: $0) } ?? publisher
      client.grants = grants
      client.lastAuthenticationData = data
      settle(client)
    }
  }

  /// Sends AUTH; false, and nothing is sent, when the client doesn't take so large a packet.
  private func challenge(_ client: Client, _ data: [UInt8]?) -> Bool {
    send(.continueAuthentication, client, data)
  }

  private func send(_ reason: ReasonCode, _ client: Client, _ data: [UInt8]?) -> Bool {
    touch(client)
    let before = client.output.count
    PacketEncoder.auth(reason: reason, method: client.authenticationMethod ?? [], data: data, into: &client.output)
    return takesBackIfTooLarge(client, since: before) == false
  }

  /// AUTH from a client: its answer to a challenge, or the wish to be authenticated again.
  func authenticate(
    _ client: Client, _ packet: AuthPacket, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    guard let method = client.authenticationMethod, let named = packet.method, bytes[named].elementsEqual(method) else {
      let named = packet.method.map { "\"\(Claimed.text(bytes[$0]))\"" } ?? "none"
      let method = client.authenticationMethod.map { "\"\(Claimed.text($0))\"" } ?? "none"
      return fail(
        client, .protocolError, "AUTH with another authentication method than CONNECT: \(named), and \(method) there")
    }
    switch (client.phase, packet.reason) {
    case (.exchanging, .continueAuthentication): client.phase = .authenticating
    case (.connected, .continueAuthentication) where client.isChallenged: client.isChallenged = false
    case (.connected, .reAuthenticate) where !client.isReauthenticating: client.isReauthenticating = true
    default: throw ProtocolFault(.protocolError, "AUTH with a reason code that doesn't fit here")
    }
    host.continueAuthentication(client, packet.data.map { Array(bytes[$0]) })
  }

  /// What a client that is connected may do from now on [MQTT-4.12.1-1, MQTT-4.12.1-2].
  private func decidedAgain(_ client: Client, _ decision: ConnectDecision) {
    switch decision {
    case .challenge(let data):
      guard challenge(client, data) else {
        return fail(client, .packetTooLarge, "a challenge is larger than the packets that it takes")
      }
      client.isChallenged = true
    case .refused(let reason, let why):
      client.isReauthenticating = false
      // Why is told by CONNACK only: DISCONNECT has no such codes [MQTT-3.14.2-1].
      fail(
        client, reason == .serverBusy ? reason : .notAuthorized,
        "it could not be authenticated again: \(why ?? "\(reason)")")
    case .accepted(let publisher, let granted, let data):
      let grants = client.rights(granted)
      client.isReauthenticating = false
      guard let session = client.session, session.owner == SessionOwner(publisher) else {
        return fail(client, .notAuthorized, "authenticated again as somebody else")
      }
      client.grants = grants
      client.decisionKey = decisions.nextKey()
      client.allowedRoute = 0
      session.grants = grants
      judgeAgain(session)
      state.subscriptions.invalidateRoutes(of: session.subscriptions.keys)
      guard send(.success, client, data) else {
        return fail(client, .packetTooLarge, "the end of its authentication is larger than the packets that it takes")
      }
    }
  }
}
