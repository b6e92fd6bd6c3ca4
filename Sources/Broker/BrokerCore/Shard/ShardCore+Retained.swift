import MQTTCodec

/// Retained messages on their way to new subscriptions (MQTT 5.0 section 3.3.1.3).
///
/// A search is a cursor that walks over the store as its client takes what it finds: while its socket, its Receive
/// Maximum and the shard's round have room. What comes live meanwhile waits in the session's queue until the searches
/// before it are done, so that no topic's older message comes behind a newer one; and what is stored meanwhile comes
/// live, and not by the search.
extension ShardCore {
  /// A subscription is to get the retained messages that its filter matches, behind what waits for its session now.
  func search(
    _ filter: [UInt8], _ options: SubscriptionOptions, identifier: UInt32?, through number: UInt64, for session: Session
  ) {
    session.searches.append(
      RetainedSearch(
        filter: filter, options: options, identifier: identifier,
        cursor: RetainedCursor(filter: filter, through: number), place: session.queue.end))
    session.client?.queuesAtMostOnce = true
  }

  /// Goes on with the searches that wait for nothing but their turn, as far as the round has time for them.
  func search() {
    while let session = turns.next() { drain(session) }
  }

  /// Sends some more of what a session's first search finds, and returns what that cost; the client has room for one
  /// message at least.
  func sendRetained(_ session: Session, _ client: Client) -> Int {
    guard var search = session.searches.first else { return 0 }
    let room = client.limits.outputBytesMax - client.backlogBytes - client.output.count
    let (found, steps) = state.retained.next(
      &search.cursor, messagesMax: min(client.sendQuota - session.outbound.count, session.outbound.unusedCount, 64),
      bytesMax: min(room, Self.retainedBytesMax), stepsMax: Self.retainedStepsMax,
      includesChanged: session.searches.isLiveIncomplete, nowMilliseconds: now)
    if search.cursor.isAtEnd {
      session.searches.remove(search.filter)
    } else {
      session.searches.first = search
    }
    let before = client.output.count
    for message in found {
      // No local is about the client and not about the connection [MQTT-3.8.3-3].
      if search.options.noLocal, message.publisher.sessionName == session.name { continue }
      guard message.withParts({ topic, _, _ in session.grants.mayReceive(topic) }) else { continue }
      let delivery = QueuedDelivery(
        message: message, qos: min(message.qos, search.options.qos), isRetain: true, sinceMilliseconds: clock,
        subscriptionIdentifiers: search.identifier.map { [$0] } ?? [])
      send(delivery, to: session, client)
    }
    return RetainedTurns.cost(steps: steps, messages: found.count, bytes: client.output.count - before)
  }

  /// Topics that are looked at while the store's lock is held: about a tenth of a millisecond.
  private static var retainedStepsMax: Int { 512 }
  /// Bytes of messages that are taken from the store at once.
  private static var retainedBytesMax: Int { 64 << 10 }
}
