import MQTTCodec
import Synchronization

/// Publishes that are not taken, and what their publishers are told.
extension ShardCore {
  /// Not taken for want of room: 5.0 clients are told so; a 3.x client must not get an acknowledgement, so it loses its
  /// connection and sends again.
  func refuse(_ client: Client, _ session: Session, _ packet: PublishPacket, _ reason: ReasonCode) {
    if reason == .quotaExceeded { counters.publishesRefusedForQuota.add() } else { counters.publishesRefused.add() }
    guard packet.qos != .atMostOnce else { return }
    if client.isV5 {
      acknowledge(client, session, packet, reason)
    } else {
      fail(client, reason, "a publish could not be taken: \(reason)")
    }
  }

  /// Never to be taken: 5.0 clients are told so. A 3.x client loses its connection, and is acknowledged when it comes
  /// back with the same message again and again, or at once where nothing but `isUntold` mappings refused it.
  func refuseForGood(
    _ client: Client, _ session: Session, _ packet: PublishPacket, _ view: PublishView, isUntold: Bool
  ) {
    guard packet.qos != .atMostOnce, !client.isV5 else {
      return refuse(client, session, packet, .implementationSpecificError)
    }
    let watched = WatchedPublish(view)
    guard isUntold || isEnough(client, watched) else {
      return refuse(client, session, packet, .implementationSpecificError)
    }
    counters.publishesRefused.add()
    tellUntold(client, topic: watched.topic, isAtOnce: isUntold)
    acknowledge(client, session, packet, .success)
  }

  /// What of a publish must be known when it is refused later, for a client that had one refused before.
  @inline(never)
  func watch(_ session: Session, _ sequence: UInt32, _ view: PublishView) {
    session.watched[sequence] = WatchedPublish(view)
  }

  /// As above, for a publish of QoS 2 that came again while it is open.
  func watch(
    _ client: Client, _ session: Session, _ sequence: UInt32, _ packet: PublishPacket, _ base: UnsafeRawBufferPointer
  ) {
    var topic = ByteBuffer()
    client.appendOutside(UnsafeRawBufferPointer(rebasing: base[packet.topic]), to: &topic)
    let payload = UnsafeRawBufferPointer(rebasing: base[packet.payload])
    watch(session, sequence, PublishView(topic: topic.bytes, payload: payload, qos: packet.qos, by: client.publisher))
  }

  /// Whether a client has sent a message often enough that can never be taken.
  func isEnough(_ client: Client, _ watched: WatchedPublish?) -> Bool {
    client.isWatched = true
    let name = client.publisher.sessionName
    return state.refusedMessages.withLock {
      $0.refused(name, digest: watched?.digest, nowMilliseconds: now)
    }
  }

  /// A message is lost that its publisher believes to be safe: the log and a metric must tell.
  func tellUntold(_ client: Client, topic: [UInt8]?, isAtOnce: Bool) {
    counters.refusedAcknowledged.add()
    let why =
      isAtOnce
      ? "the mapping acknowledges to 3.x clients what can never be written (permanent_refusal_3x)"
      : "its 3.x client has lost \(RefusedMessages.disconnectsMax) connections by it"
    state.log.log(
      .warning, "a message that can never be written to Kafka was acknowledged, and is lost",
      [("client", String(decoding: client.clientID, as: UTF8.self))]
        + (topic.map { [("topic", String(decoding: $0, as: UTF8.self))] } ?? []) + [("why", why)])
  }

  /// The payload is not the text that its publisher says it is: QoS 0 is dropped, the others are told.
  @inline(never)
  func refuseNotText(_ client: Client, _ session: Session, _ packet: PublishPacket) {
    counters.publishesNotText.add()
    if packet.qos != .atMostOnce { acknowledge(client, session, packet, .payloadFormatInvalid) }
  }
}
