import BrokerCore
import EventLoop
import Glibc
import MQTTCodec
import Security
import Synchronization
import TLS

/// One shard: a thread, its event loop, and all that is confined to them: connections, the core with their sessions,
/// buffers.
///
/// A round runs every callback that is ready (each reads once and does all that its packets cause), looks for more
/// input without waiting while there is something to send, posts the mailboxes and flushes each touched connection
/// once.
final class Shard: @unchecked Sendable {
  /// How often a round looks for more input while it has something to send: this is what makes large writes under load.
  private static let looksPerRound = 4

  /// How long the peer of an ended connection has to read the reason and close its side.
  private static let lingerMilliseconds: Int64 = 2000
  /// Connections that may linger at once; others are closed at once.
  private static let lingeringMax = 1000

  let number: Int
  // The group keeps its shards, and they keep the group until they end.
  @exclusivity(unchecked) private(set) var group: ShardGroup!
  let mailbox = Mailbox()
  // Set by the shard's own thread before it runs, and confined to it from then on.
  @exclusivity(unchecked) private(set) var loop: EventLoop!
  @exclusivity(unchecked) private(set) var core: ShardCore!
  let exchange = TLSExchange()
  let ciphertext = UnsafeMutablePointer<UInt8>.allocate(capacity: Connection.readBytes)
  let plaintext = UnsafeMutablePointer<UInt8>.allocate(capacity: Connection.plaintextBytes)
  /// Reads of this round.
  @exclusivity(unchecked) var reads = 0
  /// Bytes that came in since the last flush.
  @exclusivity(unchecked) private var unflushedBytes = 0
  @exclusivity(unchecked) private var unflushedBytesMax = 0
  /// The largest packet that any client may send.
  @exclusivity(unchecked) private(set) var packetBytesMax = 0
  /// Steps of TLS handshakes in this round.
  @exclusivity(unchecked) private(set) var handshakeSteps = 0
  /// What they took.
  @exclusivity(unchecked) private var handshakeNanoseconds = 0
  /// An acceptor waits until fewer connections are pending.
  @exclusivity(unchecked) var awaitsPending = false
  @exclusivity(unchecked) private var isInRound = false
  private(set) var isStopping = false
  private var connections: [ObjectIdentifier: Connection] = [:]
  /// Connections whose TLS handshake is not complete.
  private var handshakes: [ObjectIdentifier: Connection] = [:]
  /// Connections that are over but for their last words reaching the peer.
  private var lingering: [Connection] = []
  var moving: [(connection: Connection, shard: Int)] = []
  private var acceptors: [Acceptor] = []
  private var wakeUp: WakeUp?
  private var ticker: Timer?
  private var tidiesAtMilliseconds: Int64 = 0

  init(_ number: Int, of group: ShardGroup) {
    self.number = number
    self.group = group
  }

  deinit {
    ciphertext.deallocate()
    plaintext.deallocate()
  }

  /// Makes loop and core; called before the thread starts, so that errors reach the caller.
  func prepare(_ state: BrokerState, shardCount: Int, _ listeners: [ListenerSettings]) throws(EventLoopError) {
    loop = try EventLoop()
    core = ShardCore(
      shard: number, of: shardCount, state: state, host: self, nowMilliseconds: loop.nowMilliseconds(),
      random: { SecureRandom.bytes($0) })
    unflushedBytesMax = (listeners.map(\.clientLimits.outputBytesMax).min() ?? 0) / 4
    packetBytesMax = listeners.map(\.clientLimits.packetBytesMax).max() ?? 0
    let wakeUp = try WakeUp(loop: loop) { [unowned self] in takeMail() }
    self.wakeUp = wakeUp
    mailbox.connect(wakeUp)
    ticker = Timer(loop: loop, repeating: true) { [unowned self] in tick() }
    ticker?.start(milliseconds: ShardCore.tickMilliseconds)
  }

  func listen(_ sockets: [(ListeningSocket, ListenerSettings)]) {
    acceptors = sockets.map { Acceptor($0.0, $0.1, shard: self) }
  }

  // MARK: the round

  /// The thread's work: rounds until it is stopped.
  func run() {
    while !isStopping {
      guard runRound() else { break }
    }
  }

  /// One round; false when the loop can't go on.
  func runRound() -> Bool {
    let goesOn = core.isUnfinished
    guard loop.runOnce(waiting: !goesOn) else { return false }
    if goesOn { enter() }
    var looks = 0
    while looks < Self.looksPerRound, !core.touched.isEmpty, !isStopping {
      let before = reads
      _ = loop.runOnce(waiting: false)
      if reads == before { break }
      looks &+= 1
    }
    endRound()
    return true
  }

  /// Gives back all that the shard holds, but for its counters. Called once nobody runs it, so from another thread.
  func end() {
    guard group != nil else { return }
    for item in mailbox.close() { leaveUndone(item) }
    for acceptor in acceptors { acceptor.detach() }
    acceptors = []
    for connection in connections.values {
      connection.release()
      group.giveConnection(connection)
    }
    for connection in lingering { connection.release() }
    connections = [:]
    lingering = []
    handshakes = [:]
    ticker = nil
    wakeUp = nil
    loop = nil
    group = nil
  }

  /// Every callback of the loop begins with this: the first one of a round tells the core the time.
  @inline(__always)
  func enter() {
    if isInRound { return }
    isInRound = true
    handshakeSteps = 0
    handshakeNanoseconds = 0
    core.beginRound(nowMilliseconds: loop.nowMilliseconds())
  }

  private func endRound() {
    guard isInRound else { return }
    isInRound = false
    flushTouched()
    if !moving.isEmpty { handOver() }
    if awaitsPending { goOnAccepting() }
  }

  private func goOnAccepting() {
    guard !group.isFullOfPending else { return }
    awaitsPending = false
    for acceptor in acceptors { acceptor.goOn() }
  }

  /// Asks for one step of a TLS handshake; false when the round has had its share: the connection stays readable, and
  /// is called again in the next round.
  @inline(never)
  func takeHandshakeStep() -> Bool {
    if handshakeSteps < core.limits.handshakeStepsPerRoundMax,
      handshakeNanoseconds < core.limits.handshakeMicrosecondsPerRoundMax * 1000
    {
      handshakeSteps += 1
      return true
    }
    core.counters.handshakesDeferred.add()
    // It is no reason to look for more input.
    reads &-= 1
    return false
  }

  /// Counts what a step of a handshake took.
  func handshakeStepTook(nanoseconds: Int) { handshakeNanoseconds &+= nanoseconds }

  /// Counts input that was handled. Much of it is flushed before the round is over: many publishers can send more in
  /// one round than one subscriber's output may hold, who would then be taken for slow.
  @inline(__always)
  func handled(_ bytes: Int) {
    unflushedBytes &+= bytes
    if unflushedBytes > unflushedBytesMax { flushTouched() }
  }

  private func flushTouched() {
    unflushedBytes = 0
    core.endRound()
    var i = 0
    while i < core.touched.count {
      unsafeDowncast(core.touched[i], to: Connection.self).flush()
      i &+= 1
    }
    core.touched.removeAll(keepingCapacity: true)
    // A flush can end connections, and so sessions with obligations and wills.
    core.endRound()
  }

  /// Bytes of records after which clients are flushed: they come much faster than what clients publish, and an output
  /// buffer that grew beyond what the pool keeps is made anew each time.
  private static let unflushedRecordBytesMax = 32_768

  private func takeMail() {
    enter()
    var deliveryBytes = 0
    for item in mailbox.takeAll() {
      if isStopping {
        leaveUndone(item)
        continue
      }
      switch item {
      case .mail(let mail):
        core.take(mail)
        handled(mail.messageBytes)
        switch mail {
        case .deliveries: deliveryBytes &+= mail.messageBytes
        case .records: if unflushedBytes > Self.unflushedRecordBytesMax { flushTouched() }
        case .discharges, .inquiry, .finding: break
        }
      case .decided(let reference, let decision):
        if !reference.connection.isDead { core.decided(reference.connection, decision) }
      case .arrived(let reference): arrived(reference.connection)
      case .caughtUp: core.relieve()
      case .stop:
        core.shutDown()
        isStopping = true
      }
    }
    guard mailbox.isCaughtUp(with: deliveryBytes) else { return }
    for shard in group.shards where shard !== self { shard.mailbox.post(.caughtUp) }
  }

  /// What comes behind the end is not handled: its clients are gone, so that what they should get would count as done.
  /// A connection on its way here from another shard is kept to be closed.
  private func leaveUndone(_ item: ShardItem) {
    guard case .arrived(let reference) = item else { return }
    connections[ObjectIdentifier(reference.connection)] = reference.connection
  }

  private func tick() {
    enter()
    core.tick()
    let now = loop.nowMilliseconds()
    if now >= tidiesAtMilliseconds { tidy(now) }
  }

  /// What a second's delay does no harm to.
  private func tidy(_ now: Int64) {
    tidiesAtMilliseconds = now + 1000
    for acceptor in acceptors { acceptor.resume() }
    lingering.removeAll { connection in
      guard connection.isDead || connection.lingersUntilMilliseconds <= now else { return false }
      if !connection.isDead { connection.release() }
      return true
    }
    for connection in handshakes.values
    where connection.acceptedAtMilliseconds + Int64(connection.settings.handshakeTimeoutSeconds) * 1000 < now {
      core.counters.timeouts.add()
      connection.handshakeEnded("it was not complete within \(connection.settings.handshakeTimeoutSeconds) s")
      lost(connection)
    }
  }

  /// A connection's TLS handshake is complete: its deadline is met.
  func handshakeFinished(_ connection: Connection) {
    core.counters.handshakes.add()
    handshakes[ObjectIdentifier(connection)] = nil
  }

  // MARK: connections

  func opened(_ connection: Connection) {
    connection.acceptedAtMilliseconds = loop.nowMilliseconds()
    connections[ObjectIdentifier(connection)] = connection
    connection.isPending = true
    group.pending.add()
    if connection.isInHandshake { handshakes[ObjectIdentifier(connection)] = connection }
    core.opened(connection)
    watch(connection)
  }

  private func watch(_ connection: Connection) {
    let events = ConnectionEvents(connection, loop: loop, descriptor: connection.descriptor)
    connection.events = events
    events.startReading()
    if !connection.blocked.isEmpty { events.startWriting() }
  }

  /// The peer sends no more. It may still read, so it gets what this round has for it; the flush closes.
  func finished(_ connection: Connection) {
    if connection.isMoving { return lost(connection) }
    connection.isAtEnd = true
    connection.events?.stopReading()
    connection.handshakeEnded("the client closed the connection; does it trust the server's certificate?")
    core.lost(connection)
  }

  /// The socket failed.
  func lost(_ connection: Connection) {
    connection.isAtEnd = true
    connection.isLost = true
    close(connection)
  }

  /// As ``lost(_:)`` from inside a flush.
  func broken(_ connection: Connection) { lost(connection) }

  /// Ends a connection, whatever led here. One that the broker ends for a reason may linger, so that its peer gets to
  /// read the reason: closing at once would reset it when the peer is still sending.
  func close(_ connection: Connection) {
    guard !connection.isDead, !connection.isLingering else { return }
    // The core may touch it once more, and nothing must be sent then; here it is held till the end.
    let connection = connections.removeValue(forKey: ObjectIdentifier(connection)) ?? connection
    handshakes[ObjectIdentifier(connection)] = nil
    if connection.closeReason != nil || connection.speaksWebSocket, !connection.isAtEnd,
      lingering.count < Self.lingeringMax
    {
      lingering.append(connection)
      connection.linger(untilMilliseconds: loop.nowMilliseconds() + Self.lingerMilliseconds)
    } else {
      connection.release()
    }
    // One that lingers has a bound of its own, and must not take the place of a client.
    group.giveConnection(connection)
    if !connection.isMoving { core.lost(connection) }
  }

  private func arrived(_ connection: Connection) {
    connection.shard = self
    connection.isMoving = false
    connection.session?.move(to: exchange)
    connections[ObjectIdentifier(connection)] = connection
    watch(connection)
    core.adopt(connection)
  }

  /// Connections that leave for other shards do so when the round is over and nothing of this shard refers to them.
  private func handOver() {
    let leaving = moving
    moving = []
    for (connection, shard) in leaving where !connection.isDead {
      connection.events?.detach()
      connection.events = nil
      connections[ObjectIdentifier(connection)] = nil
      group.shards[shard].mailbox.post(.arrived(ConnectionReference(connection: connection)))
    }
  }
}

extension ShardMail {
  /// Bytes of the messages in it.
  var messageBytes: Int {
    switch self {
    case .deliveries(let all): all.reduce(0) { $0 &+ Self.keptBytes($1.message) }
    case .records(let all): all.byteCount &+ all.count &* Self.keptBytesMore
    case .discharges, .inquiry, .finding: 0
    }
  }

  /// Its bytes and what keeping it costs.
  private static func keptBytes(_ message: Message) -> Int { message.bytes.count &+ keptBytesMore }

  private static let keptBytesMore = 128
}
