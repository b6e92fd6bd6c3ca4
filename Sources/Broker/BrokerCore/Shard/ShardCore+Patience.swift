/// Records from Kafka wait for their subscribers, but not forever for one that acknowledges nothing.
///
/// A record that is open for a subscriber holds back its partition, and so everybody else's records. So a subscriber
/// that has acknowledged nothing for a while is given up: its records are done as far as it is concerned, and new ones
/// don't wait for it, until it acknowledges something again. It keeps what it was sent, and what waits in its queue.
extension ShardCore {
  /// What a delivery to the client discharges: nothing while it is given up.
  @inline(__always)
  func awaited(_ token: ObligationToken, _ client: Client) -> ObligationToken {
    guard token != .none, !client.isGivenUp else { return .none }
    if !client.isAwaited { beginToAwait(client) }
    return token
  }

  @inline(never)
  private func beginToAwait(_ client: Client) {
    client.isAwaited = true
    client.acknowledgedAtMilliseconds = now
    awaitedClients.append(client)
  }

  /// The client acknowledged something.
  @inline(__always)
  func progressed(_ client: Client) {
    guard client.isAwaited else { return }
    client.acknowledgedAtMilliseconds = now
    guard client.isGivenUp else { return }
    client.isGivenUp = false
    client.isAwaited = false
  }

  /// Gives up on those who have acknowledged nothing for too long; called with each tick.
  func losePatience() {
    guard !awaitedClients.isEmpty else { return }
    let clients = awaitedClients
    awaitedClients = []
    for client in clients {
      guard client.phase == .connected, let session = client.session, !client.isGivenUp else { continue }
      if session.outbound.count == 0, session.queue.isEmpty {
        client.isAwaited = false
      } else if now - client.acknowledgedAtMilliseconds < Int64(limits.acknowledgeTimeoutSeconds) * 1000 {
        awaitedClients.append(client)
      } else {
        giveUp(client, session)
      }
    }
  }

  private func giveUp(_ client: Client, _ session: Session) {
    let owed = session.outbound.takeTokens() + session.queue.takeTokens()
    guard !owed.isEmpty else {
      client.isAwaited = false
      return
    }
    client.isGivenUp = true
    counters.acknowledgeTimeouts.add()
    state.log.log(
      .warning, "records of Kafka no longer wait for a subscriber that acknowledges nothing",
      [
        ("client", String(decoding: client.clientID, as: UTF8.self)), ("records", String(owed.count)),
        ("seconds", String(limits.acknowledgeTimeoutSeconds)),
      ])
    for token in owed { discharge(Discharge(token: token, outcome: .fulfilled)) }
    // Nothing bounds any longer what stands above the queue's own bounds.
    counters.droppedQueueFull.add(session.queue.cut(to: session.limits))
    session.searches.queueEnds(at: session.queue.end)
  }
}
