import Synchronization

/// Records from Kafka wait for their subscribers, but one that is slow must not hold everybody's records.
///
/// A record that is open for a subscriber holds back its partition. So a subscriber is given up
/// - when the oldest message that it was sent is unacknowledged for the timeout,
/// - when the oldest in its queue waits for as long, and others have what it has not,
/// - at once, when a partition stands still because it is full, a good part of that waits for this subscriber, and
///   others could go on.
///
/// What it was to acknowledge is done then as far as it is concerned, and new records don't wait for it, until it has
/// caught up. It keeps what it was sent, and what waits in its queue, which has its own bounds; what waits there for a
/// share group goes to the others. One that is as fast as
/// the others, or alone, is slowed down by the partition, and loses nothing.
extension ShardCore {
  /// The time as deliveries remember it. It wraps: only differences of less than 24 days mean something.
  @inline(__always)
  var clock: UInt32 { UInt32(truncatingIfNeeded: now) }

  /// How long ago that was.
  private func age(_ since: UInt32) -> Int64 { Int64(Int32(bitPattern: clock &- since)) }

  /// What a delivery to the client discharges: nothing while it is given up.
  @inline(__always)
  func awaited(_ token: ObligationToken, _ client: Client) -> ObligationToken {
    guard token != .none else { return .none }
    if client.patience.isAwaited { return token }
    return beginToAwait(client) ? token : .none
  }

  @inline(never)
  private func beginToAwait(_ client: Client) -> Bool {
    if client.patience.isGivenUp {
      guard let session = client.session, session.isCaughtUp, !client.patience.isOnProbation else { return false }
      waitAgain(client, session)
    }
    client.patience.isAwaited = true
    client.patience.dueMilliseconds = now + Limits.inquiryAgeMilliseconds
    if !client.patience.isListed {
      client.patience.isListed = true
      awaitedClients.append(client)
    }
    return true
  }

  /// The client acknowledged something.
  @inline(__always)
  func progressed(_ client: Client) {
    if client.patience.isGivenUp { caughtUp(client) }
  }

  /// Whether one that was given up has caught up: nothing waits, and what is under way is fresh.
  @inline(never)
  private func caughtUp(_ client: Client) {
    guard let session = client.session, session.queue.isEmpty, client.resends.isEmpty else { return }
    if session.outbound.count > 0 {
      guard let since = session.outbound.headSinceMilliseconds, age(since) < Limits.inquiryAgeMilliseconds else {
        return
      }
    }
    waitAgain(client, session)
  }

  /// A client got its session, which may be one that it left, or the next one of a client that left as slow.
  func beginPatience(_ client: Client, _ session: Session) {
    let wasSlow = state.recentlySlow.withLock { $0.comes(session.name, nowMilliseconds: now) }
    client.patience.isOnProbation = wasSlow
    client.patience.isGivenUp = wasSlow || session.isGivenUp && !session.isCaughtUp
    session.isGivenUp = client.patience.isGivenUp
    session.presence = session.isGivenUp ? .behind : .connected
    if session.isGivenUp { counters.slowSubscribers.add() }
  }

  /// A connection is over, and its session too if it isn't durable.
  func endPatience(_ client: Client, _ session: Session) {
    guard client.patience.isGivenUp else { return }
    counters.slowSubscribers.add(-1)
    guard !session.isDurable || client.patience.isOnProbation else { return }
    state.recentlySlow.withLock { $0.left(session.name, nowMilliseconds: now) }
  }

  private func waitAgain(_ client: Client, _ session: Session) {
    client.patience.isGivenUp = false
    client.patience.isOnProbation = false
    session.isGivenUp = false
    session.presence = .connected
    counters.slowSubscribers.add(-1)
    state.log.log(
      .info, "records of Kafka wait for a subscriber again: it has caught up",
      [("client", String(decoding: client.clientID, as: UTF8.self))])
  }

  /// Looks at those for whom records wait; called with each tick.
  func losePatience() {
    guard !awaitedClients.isEmpty else { return }
    let clients = awaitedClients
    awaitedClients = []
    var inquiries = 0
    for client in clients {
      guard client.patience.isAwaited, let session = client.session, !session.isCaughtUp else {
        client.patience.isAwaited = false
        client.patience.isListed = false
        continue
      }
      awaitedClients.append(client)
      guard client.patience.dueMilliseconds <= now, inquiries < Limits.inquiriesPerTickMax else { continue }
      if look(at: client, session) { inquiries += 1 }
    }
    // Whoever had no turn has the first one at the next tick.
    if inquiries == Limits.inquiriesPerTickMax { awaitedClients.reverse() }
  }

  /// Looks at the age of what one client has; true when others had to be asked about it.
  private func look(at client: Client, _ session: Session) -> Bool {
    let sent = session.outbound.oldestSinceMilliseconds
    let queued = session.queue.oldestSinceMilliseconds
    // Where nothing of what is in flight is known, what waits behind it says how long.
    let oldest = (sent ?? queued).map(age) ?? 0
    if oldest >= timeoutMilliseconds { return giveUp(client, session, oldest) }
    let waiting = max(oldest, queued.map(age) ?? 0)
    guard waiting >= Limits.inquiryAgeMilliseconds else {
      // What is younger can't be due before.
      client.patience.dueMilliseconds = now + Limits.inquiryAgeMilliseconds - waiting
      return false
    }
    inquire(client, session)
    return true
  }

  private var timeoutMilliseconds: Int64 { Int64(limits.acknowledgeTimeoutSeconds) * 1000 }

  /// Asks the shards of the records that the client has whether others wait for it.
  private func inquire(_ client: Client, _ session: Session) {
    let look = client.patience.beginLook()
    var inquiries: [Int: PatienceInquiry] = [:]
    func add(_ tokens: [ObligationToken], isQueued: Bool, weight: Int) {
      for token in tokens {
        guard let (owner, isOvertaken) = ledger.entry(token) else { continue }
        let (home, isOvertakenHere) =
          switch owner {
          case .remote(let home): (home, isOvertaken)
          case .record, .publish: (token, false)
          }
        inquiries[home.shard, default: PatienceInquiry(session: session.serial, shard: shard, look: look)].samples
          .append(
            PatienceInquiry.Sample(token: home, isOvertaken: isOvertakenHere, isQueued: isQueued, weight: weight))
      }
    }
    let sent = session.outbound.sampleTokens(count: Limits.inquirySamples / 2)
    add(sent.tokens, isQueued: false, weight: sent.weight)
    let queued = session.queue.sampleTokens(count: Limits.inquirySamples / 2)
    add(queued.tokens, isQueued: true, weight: queued.weight)
    for (home, inquiry) in inquiries {
      if home == shard { judge(inquiry) } else { host.post(.inquiry(inquiry), to: home) }
    }
  }

  /// What a sample says about one partition.
  private struct PartitionSample {
    let source: any RecordSource
    let partition: Int32
    var count = 0
    var isNewestOvertaken = false
    var firstQueued: Int64?
  }

  /// Whether others have what a client has not: those that share its newest record, or a record behind those that it
  /// was not even sent.
  func judge(_ inquiry: PatienceInquiry) {
    var partitions: [PartitionSample] = []
    for sample in inquiry.samples {
      guard let (owner, isOvertaken) = ledger.entry(sample.token), case .record(let source, let position) = owner
      else { continue }
      let found = partitions.firstIndex { $0.source === source && $0.partition == position.partition }
      let at = found ?? partitions.count
      if found == nil { partitions.append(PartitionSample(source: source, partition: position.partition)) }
      partitions[at].count += sample.weight
      partitions[at].isNewestOvertaken = isOvertaken || sample.isOvertaken
      if sample.isQueued, partitions[at].firstQueued == nil { partitions[at].firstQueued = position.offset }
    }
    var isBehind = false
    var isFull = false
    for sample in partitions {
      let pressure = sample.source.pressure(on: sample.partition)
      let isPassed = sample.firstQueued.map { first in pressure?.highestReceived.map { $0 > first } ?? false } ?? false
      guard sample.isNewestOvertaken || isPassed else { continue }
      isBehind = true
      guard let pressure, pressure.isFull else { continue }
      if sample.count * Limits.slowSubscriberShare >= pressure.openRecords { isFull = true }
    }
    guard isBehind else { return }
    let finding = PatienceFinding(session: inquiry.session, look: inquiry.look, isFull: isFull)
    if inquiry.shard == shard { take(finding) } else { host.post(.finding(finding), to: inquiry.shard) }
  }

  /// Others are ahead of a client of this shard.
  func take(_ finding: PatienceFinding) {
    guard let session = sessionsBySerial[finding.session], let client = session.client, client.phase == .connected,
      !client.patience.isGivenUp
    else { return }
    let waits = session.queue.oldestSinceMilliseconds.map(age) ?? 0
    if waits >= timeoutMilliseconds {
      _ = giveUp(client, session, waits)
    } else if finding.isFull, client.patience.heldUp(look: finding.look, nowMilliseconds: now) {
      _ = giveUp(client, session, max(waits, session.outbound.oldestSinceMilliseconds.map(age) ?? 0))
    }
  }

  /// No record waits for the client any longer. Returns false: nobody has to be asked.
  private func giveUp(_ client: Client, _ session: Session, _ oldestMilliseconds: Int64) -> Bool {
    let owed = session.outbound.takeTokens() + session.queue.takeTokens(sparingShared: true)
    let queued = session.queue.count
    client.patience.isAwaited = false
    let shared = session.queue.takeShared()
    guard !owed.isEmpty || !shared.isEmpty else { return false }
    client.patience.isGivenUp = true
    session.isGivenUp = true
    session.presence = .behind
    counters.acknowledgeTimeouts.add()
    counters.slowSubscribers.add()
    state.log.log(
      .warning, "records of Kafka no longer wait for a slow subscriber, until it has caught up",
      [
        ("client", String(decoding: client.clientID, as: UTF8.self)), ("records", String(owed.count + shared.count)),
        ("oldest_seconds", String(oldestMilliseconds / 1000)),
        ("in_flight", String(session.outbound.count)), ("queued", String(queued)),
      ])
    for token in owed { discharge(Discharge(token: token, outcome: .unneeded)) }
    // The others of its share groups get what it was not sent yet.
    for delivery in shared {
      if let group = delivery.share { shareAgain(delivery.message, in: group, token: delivery.token) }
    }
    // Nothing bounds any longer what stands above the queue's own bounds.
    counters.droppedQueueFull.add(session.queue.cut(to: session.limits))
    session.searches.queueEnds(at: session.queue.end)
    return false
  }
}
