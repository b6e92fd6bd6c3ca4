import MQTTCodec

/// What is decided about a CONNECT, and extended authentication (MQTT 5.0 section 4.12).
extension ShardCore {
  /// The answer to ``ShardHost/authenticate(_:_:)`` and ``ShardHost/continueAuthentication(_:_:)``; ignored when the
  /// client is gone.
  public func decided(_ client: Client, _ decision: ConnectDecision) {
    if client.phase == .connected, client.isReauthenticating { return decidedAgain(client, decision) }
    guard client.phase == .authenticating, let request = client.request else { return }
    switch decision {
    case .refused(let reason): refuse(client, reason, "not authenticated, or not authorized to connect")
    case .challenge(let data):
      challenge(client, data)
      client.phase = .exchanging
      host.resume(client)
    case .accepted(let publisher, let grants, let data):
      if let will = request.will, !mayPublish(will.topic, grants) {
        return refuse(client, .notAuthorized, "not authorized to publish its will")
      }
      client.publisher = publisher
      client.grants = grants
      client.lastAuthenticationData = data
      settle(client)
    }
  }

  private func challenge(_ client: Client, _ data: [UInt8]?) {
    touch(client)
    PacketEncoder.auth(
      reason: .continueAuthentication, method: client.authenticationMethod ?? [], data: data, into: &client.output)
  }

  /// AUTH from a client: its answer to a challenge, or the wish to be authenticated again.
  func authenticate(
    _ client: Client, _ packet: AuthPacket, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    guard let method = client.authenticationMethod, let named = packet.method, bytes[named].elementsEqual(method) else {
      throw ProtocolFault(.protocolError, "AUTH with another authentication method than CONNECT, or without one there")
    }
    switch (client.phase, packet.reason) {
    case (.exchanging, .continueAuthentication): client.phase = .authenticating
    case (.connected, .continueAuthentication) where client.isReauthenticating: break
    case (.connected, .reAuthenticate) where !client.isReauthenticating: client.isReauthenticating = true
    default: throw ProtocolFault(.protocolError, "AUTH with a reason code that doesn't fit here")
    }
    host.continueAuthentication(client, packet.data.map { Array(bytes[$0]) })
  }

  /// What a client that is connected may do from now on [MQTT-4.12.1-1, MQTT-4.12.1-2].
  private func decidedAgain(_ client: Client, _ decision: ConnectDecision) {
    switch decision {
    case .challenge(let data): challenge(client, data)
    case .refused(let reason):
      client.isReauthenticating = false
      fail(client, reason, "it could not be authenticated again")
    case .accepted(let publisher, let grants, let data):
      client.isReauthenticating = false
      guard let session = client.session, session.owner == SessionOwner(publisher) else {
        return fail(client, .notAuthorized, "authenticated again as somebody else")
      }
      client.grants = grants
      client.decisionKey = decisions.nextKey()
      client.allowedRoute = 0
      session.grants = grants
      state.subscriptions.invalidateRoutes()
      touch(client)
      PacketEncoder.auth(
        reason: .success, method: client.authenticationMethod ?? [], data: data, into: &client.output)
    }
  }
}
