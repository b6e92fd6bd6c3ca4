import BrokerCore
import EventLoop
import MQTTCodec
import Security
import TLS

/// What the core asks of its shard.
extension Shard: ShardHost {
  func authenticate(_ client: Client, _ request: ConnectRequest) {
    let connection = unsafeDowncast(client, to: Connection.self)
    guard connection.settings.allowedVersions.contains(request.version) else { return refuseVersion(connection) }
    // No mechanism of extended authentication is offered yet.
    guard request.authenticationMethod == nil else { return core.decided(client, .refused(.badAuthenticationMethod)) }
    let authenticator = connection.settings.authenticator
    let credentials = Credentials(
      clientID: String(decoding: request.clientID, as: UTF8.self),
      userName: request.userName.map { String(decoding: $0, as: UTF8.self) }, password: request.password,
      certificate: connection.session?.peerCertificate(), listener: connection.settings.name,
      remoteAddress: connection.peer.description)
    guard authenticator.needsWorker(credentials) else {
      return core.decided(client, group.judge(credentials, request, authenticator))
    }
    let reference = ConnectionReference(connection: connection)
    guard let group else { return }
    let isTaken = group.workers.submit { [mailbox] in
      let decision = group.judge(credentials, request, authenticator)
      mailbox.post(.decided(reference, decision))
    }
    if !isTaken { core.decided(client, .refused(.serverBusy)) }
  }

  private func refuseVersion(_ connection: Connection) {
    core.state.log.log(
      .info, "the protocol version is not allowed on this listener",
      [
        ("listener", connection.settings.name), ("peer", connection.peer.description),
        ("version", "\(connection.version)"),
      ])
    core.decided(connection, .refused(.unsupportedProtocolVersion))
  }

  func continueAuthentication(_ client: Client, _ data: [UInt8]?) {
    core.decided(client, .refused(.badAuthenticationMethod))
  }

  func accepted(_ client: Client) {
    let connection = unsafeDowncast(client, to: Connection.self)
    guard connection.isPending else { return }
    connection.isPending = false
    group.pending.give()
  }

  func move(_ client: Client, to shard: Int) {
    let connection = unsafeDowncast(client, to: Connection.self)
    connection.isMoving = true
    moving.append((connection, shard))
  }

  func resume(_ client: Client) { unsafeDowncast(client, to: Connection.self).resume() }

  func post(_ mail: ShardMail, to shard: Int) {
    // Of records there are never more than the bridge has open; it waits for no shard.
    group.shards[shard].mailbox.post(.mail(mail), deliveryBytes: mail.messageBytes)
  }

  func keepsUp(_ shard: Int) -> Bool {
    group.shards[shard].mailbox.hasRoom(deliveryBytesMax: core.limits.mailboxBytesMax)
  }
}
