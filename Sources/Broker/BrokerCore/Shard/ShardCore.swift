import MQTTCodec

/// One shard of the broker, without its sockets: bytes of clients in, bytes for clients out, deadlines and mail between
/// shards.
///
/// BrokerCore is the broker proper: sessions, QoS flows, subscriptions, retained messages, wills and the ledger. A
/// shard's core is confined to one thread, holds no lock while it works on a client, reads no clock (each round is told
/// the time) and opens no socket (a ``ShardHost`` does what needs one). So all of MQTT can be tested by handing it
/// bytes.
///
/// A round: ``beginRound(nowMilliseconds:)``, any number of calls with what became ready, ``endRound()``; then the
/// transport flushes each of ``touched`` once.
public final class ShardCore {
  /// The number of this shard.
  public let shard: Int
  /// What all shards share.
  public let state: BrokerState
  /// What this shard counts.
  public let counters = ShardCounters()
  /// Clients with output of this round; the transport flushes them and empties the list.
  @exclusivity(unchecked) public var touched: [Client] = []
  /// Whoever moves the bytes. Set before the first call; outlives the core.
  @exclusivity(unchecked) public unowned(unsafe) var host: any ShardHost

  /// Bounds of the broker; what may differ by listener is asked of ``Client/limits``.
  public let limits: Limits
  let choices: ProtocolChoices
  let random: (Int) -> [UInt8]
  @exclusivity(unchecked) var now: Int64 = 0
  @exclusivity(unchecked) var ledger: Ledger
  @exclusivity(unchecked) var cache: MatchCache
  @exclusivity(unchecked) var decisions: DecisionCache
  var wheel: DeadlineWheel
  @exclusivity(unchecked) var clients: [UInt64: Client] = [:]
  var sessions: [[UInt8]: Session] = [:]
  var sessionsBySerial: [UInt64: Session] = [:]
  @exclusivity(unchecked) var pool = BufferPool()
  /// Where the topic of a publish below a mount point is put together.
  @exclusivity(unchecked) var outsideTopic = ByteBuffer()
  private var lastID: UInt64 = 0
  private var lastRouteSerial: UInt32 = 0
  /// Mail that leaves at the end of the round, by shard.
  @exclusivity(unchecked) var outgoing: [[ShardDelivery]]
  @exclusivity(unchecked) var outgoingDischarges: [[Discharge]]
  @exclusivity(unchecked) var completions: [(source: any RecordSource, positions: [RecordPosition])] = []
  @exclusivity(unchecked) var hasMail = false
  /// A shard that gets a publish of this one has more mail than it keeps up with.
  @exclusivity(unchecked) var isOtherShardBehind = false
  /// Clients that are not read from until the shards that their publishes go to have caught up.
  var heldBack: [Client] = []
  /// Clients whose acknowledgements records of Kafka wait for.
  var awaitedClients: [Client] = []
  /// Clients whose queue waits for nothing but the flush of the last round.
  var stalled: [Client] = []
  /// Who waits for a turn to get retained messages.
  var turns = RetainedTurns()

  /// Creates shard number `shard` of `shardCount`. `random` gives unpredictable bytes, as many as are asked for.
  public init(
    shard: Int, of shardCount: Int, state: BrokerState, host: any ShardHost, nowMilliseconds: Int64,
    random: @escaping (Int) -> [UInt8]
  ) {
    self.shard = shard
    self.state = state
    self.host = host
    self.random = random
    limits = state.limits
    choices = state.choices
    now = nowMilliseconds
    ledger = Ledger(shard: shard, entriesMax: limits.ledgerEntriesMax)
    cache = MatchCache(topicsMax: limits.matchCacheTopicsMax, seed: random(8).reduce(0) { $0 << 8 | UInt64($1) })
    decisions = DecisionCache()
    wheel = DeadlineWheel(nowMilliseconds: nowMilliseconds)
    outgoing = Array(repeating: [], count: shardCount)
    outgoingDischarges = Array(repeating: [], count: shardCount)
    // Until its first tick it is as alive as it is new.
    counters.heartbeatMilliseconds.set(Int(nowMilliseconds))
  }

  /// Serial numbers that no other shard gives.
  func nextID() -> UInt64 {
    lastID += 1
    return UInt64(shard) << 48 | lastID
  }

  // MARK: rounds

  /// Starts a round at a time of the monotonic clock.
  public func beginRound(nowMilliseconds: Int64) {
    now = nowMilliseconds
    turns.beginRound()
    if !turns.isEmpty { search() }
    guard !stalled.isEmpty else { return }
    let clients = stalled
    stalled = []
    for client in clients { drained(client) }
  }

  /// Some clients take more at once, or wait for their turn: the next round shall begin without waiting for an event.
  public var isUnfinished: Bool { !stalled.isEmpty || !turns.isEmpty }

  /// Posts what the round has for other shards and sources.
  public func endRound() {
    guard hasMail else { return }
    hasMail = false
    for other in outgoing.indices {
      if !outgoing[other].isEmpty {
        host.post(.deliveries(outgoing[other]), to: other)
        outgoing[other].removeAll(keepingCapacity: true)
      }
      if !outgoingDischarges[other].isEmpty {
        host.post(.discharges(outgoingDischarges[other]), to: other)
        outgoingDischarges[other].removeAll(keepingCapacity: true)
      }
    }
    let done = completions
    completions.removeAll(keepingCapacity: true)
    for (source, positions) in done { source.completed(positions) }
  }

  /// Sets the counters that are states rather than sums; called with each tick.
  public func updateGauges() {
    counters.ledgerOpen.set(ledger.openCount)
    counters.sessions.set(sessions.count)
    counters.heartbeatMilliseconds.set(Int(now))
  }

  /// Puts a client among those that are flushed at the end of the round, and makes its output ready.
  @inline(__always)
  func touch(_ client: Client) {
    if client.isTouched { return }
    client.isTouched = true
    if client.output.capacity == 0 { pool.lend(to: &client.output) }
    touched.append(client)
  }

  /// Takes an output buffer back after a flush, with whatever memory it has; the buffer is empty and holds nothing
  /// then.
  public func takeBack(_ client: Client) { pool.takeBack(&client.output) }

  // MARK: connections

  /// A connection was accepted: it has so much time for its CONNECT.
  public func opened(_ client: Client) {
    client.id = nextID()
    client.decisionKey = decisions.nextKey()
    client.openedAtMilliseconds = now
    client.heardAtMilliseconds = now
    clients[client.id] = client
    counters.connections.add()
    counters.connectionsOpen.add()
    wheel.schedule(.client(client.id), atMilliseconds: now + Int64(client.limits.connectTimeoutSeconds) * 1000)
  }

  /// Handles what a client sent: every whole packet in `bytes`. Returns how many bytes were used; the transport keeps
  /// the rest and hands it in again, in front of what comes next. While ``Client/isPaused``, or before a CONNECT is
  /// judged, the rest may hold whole packets.
  public func receive(_ client: Client, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let used = handle(client, bytes)
    if client.bytesSeenAhead > 0 { client.bytesSeenAhead = max(0, client.bytesSeenAhead &- used) }
    return used
  }

  @inline(__always)
  private func handle(_ client: Client, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    // A closed connection must not begin again with another CONNECT.
    guard client.phase != .closed else { return bytes.count }
    let span = bytes.span
    var at = 0
    while at < bytes.count {
      guard client.phase != .authenticating, !client.isPaused else {
        if client.phase == .connected { lookAhead(client, span, from: at) }
        return at
      }
      let isConnected = client.phase == .connected
      // A stranger's first byte tells whether it speaks MQTT at all.
      if !isConnected, client.phase == .awaitsConnect, bytes[at] != 0x10 {
        failStranger(client, UnsafeBufferPointer(rebasing: bytes[at...]))
        return bytes.count
      }
      switch FixedHeader.read(
        span, at: at,
        packetBytesMax: isConnected ? client.limits.packetBytesMax : client.limits.connectPacketBytesMax,
        version: isConnected ? client.version : nil)
      {
      case .incomplete:
        heardPart(client, bytes.count &- at)
        return at
      case .malformed(let fault):
        fail(client, fault.reason, fault.explanation.description)
        return bytes.count
      case .frame(let header):
        client.heardAtMilliseconds = now
        client.partBytesHeard = 0
        do {
          try handle(client, header, span, bytes)
        } catch {
          fail(client, error.reason, error.explanation.description)
        }
        if client.phase == .closed { return bytes.count }
        at = header.body.upperBound
      }
    }
    return at
  }

  /// Answers each PINGREQ that waits behind what can't be handled now: its client would take silence for a broker that
  /// is gone.
  @inline(never)
  private func lookAhead(_ client: Client, _ bytes: Span<UInt8>, from start: Int) {
    var at = max(start, client.bytesSeenAhead)
    while at < bytes.count,
      case .frame(let header) = FixedHeader.read(
        bytes, at: at, packetBytesMax: client.limits.packetBytesMax, version: client.version)
    {
      if header.type == .pingreq {
        touch(client)
        PacketEncoder.pingresp(into: &client.output)
        client.pingsAnsweredAhead += 1
      }
      at = header.body.upperBound
    }
    client.bytesSeenAhead = at
  }

  private func ping(_ client: Client) {
    if client.pingsAnsweredAhead > 0 {
      client.pingsAnsweredAhead -= 1
    } else {
      touch(client)
      PacketEncoder.pingresp(into: &client.output)
    }
  }

  /// Lets the progress of a packet that is not whole yet count for the keep alive, but not each byte of it: those can
  /// be made to last for days.
  private func heardPart(_ client: Client, _ count: Int) {
    guard count &- client.partBytesHeard >= Limits.keepAliveProgressBytesMin else { return }
    client.heardAtMilliseconds = now
    client.partBytesHeard = count
  }

  @inline(__always)
  private func handle(
    _ client: Client, _ header: FixedHeader, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    guard client.phase == .connected else {
      if client.phase == .exchanging { return try exchange(client, header, span, bytes) }
      guard header.type == .connect else { throw ProtocolFault(.protocolError, "the first packet is not CONNECT") }
      return try connect(client, header, span, bytes)
    }
    switch header.type {
    case .publish: try publish(client, try PublishPacket.decode(span, header, client.version), span, bytes)
    case .puback: try acknowledged(client, try AcknowledgementPacket.decode(span, header, client.version))
    case .pubrec, .pubrel, .pubcomp:
      try acknowledgedExactlyOnce(client, try AcknowledgementPacket.decode(span, header, client.version))
    case .subscribe: try subscribe(client, try SubscribePacket.decode(span, header, client.version), bytes)
    case .unsubscribe: try unsubscribe(client, try UnsubscribePacket.decode(span, header, client.version), bytes)
    case .pingreq: ping(client)
    case .disconnect: try disconnected(client, try DisconnectPacket.decode(span, header, client.version))
    case .auth: try authenticate(client, try AuthPacket.decode(span, header, client.version), bytes)
    case .connect: throw ProtocolFault(.protocolError, "a second CONNECT on one connection")
    case .connack, .suback, .unsuback, .pingresp:
      throw ProtocolFault(.protocolError, "a packet that only servers send")
    }
  }

  /// Between CONNECT and CONNACK a client says only AUTH, or that it gives up [MQTT-4.12.0-2 and on].
  private func exchange(
    _ client: Client, _ header: FixedHeader, _ span: Span<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ProtocolFault) {
    switch header.type {
    case .auth: try authenticate(client, try AuthPacket.decode(span, header, client.version), bytes)
    case .disconnect: finish(client, nil)
    default: throw ProtocolFault(.protocolError, "another packet than AUTH while it is authenticated")
    }
  }

  /// A new number for a route.
  func nextRouteSerial() -> UInt32 {
    lastRouteSerial &+= 1
    if lastRouteSerial == 0 {
      // Numbers start again: nothing may remember the old ones.
      lastRouteSerial = 1
      decisions.removeAll()
      for client in clients.values {
        client.allowedRoute = 0
        // What aliases were set for stays set at the client: they are only not used any more.
        client.sentAliasesMax = 0
      }
    }
    return lastRouteSerial
  }
}
