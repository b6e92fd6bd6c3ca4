import MQTTCodec

/// Retained messages on their way to new subscriptions (MQTT 5.0 section 3.3.1.3).
extension ShardCore {
  /// Begins to send what a client's SUBSCRIBE asked for. What this round has no time for comes in the next ones, and
  /// until then nothing more is read from the client.
  func search(_ wanted: [RetainedSearch], for client: Client) {
    client.searches += wanted.count
    searches.append(wanted)
    search()
    if client.searches > 0 { client.isPaused = true }
  }

  /// Goes on with the searches, as far as the round has time for them.
  func search() {
    // A client that is read again may subscribe at once: its searches are left to the loop that runs.
    guard !searches.areRunning else { return }
    searches.areRunning = true
    defer { searches.areRunning = false }
    while let next = searches.next() {
      searches.count(steps: 1 + sendRetained(next))
      let client = next.client
      client.searches -= 1
      readAgain(client)
    }
  }

  /// Sends one subscription its retained messages, and returns how many steps that took.
  private func sendRetained(_ search: RetainedSearch) -> Int {
    let session = search.session
    guard !session.isEnded else { return 0 }
    let (found, steps) = state.retained.messages(matching: search.filter, nowMilliseconds: now)
    for message in found {
      // No local is about the client and not about the connection [MQTT-3.8.3-3].
      if search.options.noLocal, message.publisher.sessionName == session.name { continue }
      guard message.withParts({ topic, _, _ in session.grants.mayReceive(topic) }) else { continue }
      var delivery = QueuedDelivery(
        message: message, qos: min(message.qos, search.options.qos), isRetain: true,
        subscriptionIdentifiers: search.identifier.map { [$0] } ?? [])
      // Its client may have gone before the search had its turn: then it waits as all that comes meanwhile does.
      delivery.isAskedFor = session.client != nil
      guard delivery.isAskedFor || delivery.qos != .atMostOnce else { continue }
      // Retained messages of QoS 0 wait too: that they come all at once is not the client's slowness.
      if append(delivery, to: session), delivery.qos == .atMostOnce { session.client?.queuesAtMostOnce = true }
      if session.queue.count == 1 { drain(session) }
    }
    drain(session)
    return steps + found.count
  }
}
