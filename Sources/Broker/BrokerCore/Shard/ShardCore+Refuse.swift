import MQTTCodec

/// How connections are refused, with a line of the log that says who, where, what it said it is, and why.
extension ShardCore {
  /// Answers a CONNECT with no. `claimedID` is for what is refused before its request is put together.
  func refuse(
    _ client: Client, _ reason: ReasonCode, _ why: String, event: String = "connection refused",
    claimedID: String? = nil, more: [(name: String, value: String)] = []
  ) {
    counters.connectsRefused.add()
    touch(client)
    let before = client.output.count
    PacketEncoder.connack(
      sessionPresent: false, reason: reason, version: client.version, properties: ConnackProperties(),
      into: &client.output)
    _ = takesBackIfTooLarge(client, since: before)
    let request = client.request
    state.log.log(
      .info, event,
      [
        ("client", claimedID ?? Claimed.text(request?.clientID ?? [])), ("user", Claimed.text(request?.userName ?? [])),
        ("listener", client.listenerName), ("peer", client.peerAddress), ("reason", why),
      ] + more)
    finish(client, why)
  }

  /// As ``refuse(_:_:_:event:claimedID:more:)`` for what was decided about who it is.
  func refuse(_ client: Client, decided reason: ReasonCode, _ why: String?) {
    let isAboutIdentity = reason != .serverBusy && reason != .unsupportedProtocolVersion
    refuse(
      client, reason, why ?? "\(reason)", event: isAboutIdentity ? "authentication refused" : "connection refused")
  }

  /// The first byte is no CONNECT's.
  @inline(never)
  func failStranger(_ client: Client, _ bytes: UnsafeBufferPointer<UInt8>) {
    fail(
      client, .protocolError, StrayProtocol(bytes).explanation(at: .mqtt),
      more: [("first_bytes", StrayProtocol.digits(bytes))])
  }

  /// A CONNECT that is none, or of no version that is known.
  func failConnect(
    _ client: Client, _ fault: ProtocolFault, _ header: FixedHeader, _ span: Span<UInt8>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    let claim = ConnectClaim(span, header)
    let claimedID = claim?.clientID.map { Claimed.text(bytes[$0]) }
    guard fault.reason == .unsupportedProtocolVersion, let claim else {
      return fail(client, fault.reason, "\(fault)", claimedID: claimedID)
    }
    var why = "\(fault): the client says \"\(Claimed.text(bytes[claim.protocolName]))\", level \(claim.level)"
    if claim.level & 0x80 != 0 { why += "; a bridge tries again without the highest bit (try_private false)" }
    // Who does not speak MQTT at all gets no answer; others get one that they understand.
    guard let version = ConnectPacket.versionOfAnswer(span, header) else {
      counters.protocolFaults.add()
      logFault(client, why, claimedID)
      return finish(client, why)
    }
    client.version = version
    fail(client, fault.reason, why, claimedID: claimedID)
  }

  /// The line about a connection that ends for a fault.
  func logFault(
    _ client: Client, _ why: String, _ claimedID: String?, more: [(name: String, value: String)] = []
  ) {
    state.log.log(
      .info, "connection closed for a fault",
      [
        ("client", claimedID ?? Claimed.text(client.request?.clientID ?? client.clientID)),
        ("listener", client.listenerName), ("peer", client.peerAddress), ("reason", why),
      ] + more)
  }
}
