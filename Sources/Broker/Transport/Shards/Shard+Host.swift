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
    if let method = request.authenticationMethod { return refuseMethod(client, method) }
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
    if !isTaken { core.decided(client, .refused(.serverBusy, why: "too many passwords wait to be checked")) }
  }

  private func refuseVersion(_ connection: Connection) {
    let version =
      switch connection.version {
      case .v3_1: "3.1"
      case .v3_1_1: "3.1.1"
      case .v5: "5"
      }
    let why = "MQTT \(version) is not allowed on this listener: it is not among its versions"
    core.decided(connection, .refused(.unsupportedProtocolVersion, why: why))
  }

  /// No mechanism of extended authentication is offered yet.
  private func refuseMethod(_ client: Client, _ method: [UInt8]) {
    let why =
      "the authentication method \"\(Claimed.text(method))\" is not known here: there are passwords and certificates"
    core.decided(client, .refused(.badAuthenticationMethod, why: why))
  }

  func continueAuthentication(_ client: Client, _ data: [UInt8]?) {
    core.decided(client, .refused(.badAuthenticationMethod, why: "no method of extended authentication is known here"))
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
