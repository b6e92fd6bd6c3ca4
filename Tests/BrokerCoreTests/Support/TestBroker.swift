import BrokerCore
import MQTTCodec

/// Several shards that share one broker's state, with a clock that only the test moves.
final class TestBroker {
  let state: BrokerState
  let log = TestLog()
  let outlet = FakeOutlet()
  private(set) var cores: [ShardCore] = []
  private var hosts: [TestHost] = []
  var mailboxes: [[ShardMail]]
  var moves: [(connection: TestConnection, shard: Int)] = []
  var resumed: [TestConnection] = []
  /// Mail waits until the test lets it go.
  var isMailHeld = false
  /// Shards that don't keep up with their mail.
  var behind: Set<Int> = []
  /// Monotonic time.
  var now: Int64 = 1_000_000
  /// Rights of everybody whom ``authenticator`` lets in.
  let grants = TestGrants()
  /// Judges a CONNECT; nil leaves it open.
  var authenticator: (ConnectRequest) -> ConnectDecision? = { _ in nil }

  /// Goes on with extended authentication; nil leaves it open.
  var exchange: ([UInt8]?) -> ConnectDecision? = { _ in nil }

  /// Bounds of the clients that come from now on.
  var clientLimits: ClientLimits

  init(
    shards: Int = 1, choices: ProtocolChoices = ProtocolChoices(), _ change: (inout Limits) -> Void = { _ in }
  ) {
    var limits = Limits()
    change(&limits)
    clientLimits = ClientLimits(limits)
    state = BrokerState(limits: limits, choices: choices, outlet: outlet, log: log)
    mailboxes = Array(repeating: [], count: shards)
    let grants = grants
    authenticator = { request in
      .accepted(Publisher(clientID: request.clientID, userName: request.userName ?? []), grants)
    }
    for shard in 0..<shards {
      let host = TestHost(self, shard: shard)
      hosts.append(host)
      var generator = SeededGenerator(seed: UInt64(shard))
      cores.append(
        ShardCore(
          shard: shard, of: shards, state: state, host: host, nowMilliseconds: now,
          random: { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) } }))
    }
  }

  // MARK: clients

  /// A connection that has sent nothing.
  func open(shard: Int = 0, mountPoint: MountPoint? = nil) -> TestConnection {
    let connection = TestConnection(self, shard: shard, mountPoint: mountPoint)
    round(shard) { core in core.opened(connection) }
    return connection
  }

  /// A connection that sent CONNECT; its answer is still to be taken.
  func request(_ options: ConnectOptions, shard: Int = 0) -> TestConnection {
    let connection = open(shard: shard)
    connection.speaks = options.version
    connection.send(options.bytes)
    return connection
  }

  /// A connection that was let in; CONNACK was taken.
  func connect(_ options: ConnectOptions, shard: Int = 0) -> TestConnection {
    let connection = request(options, shard: shard)
    connection.dropConnack()
    return connection
  }

  func connect(_ clientID: String, _ version: ProtocolVersion = .v5, shard: Int = 0) -> TestConnection {
    connect(ConnectOptions(clientID, version), shard: shard)
  }

  // MARK: rounds

  /// One round of a shard, and its flush.
  func round(_ shard: Int, _ body: (ShardCore) -> Void) {
    let core = cores[shard]
    core.beginRound(nowMilliseconds: now)
    body(core)
    core.endRound()
    flush(core)
  }

  /// Hands a connection's bytes to its shard's core.
  func feed(_ connection: TestConnection) {
    guard !connection.isClosed else { return }
    let bytes = connection.unused
    let used = bytes.withUnsafeBufferPointer { cores[connection.shard].receive(connection, $0) }
    connection.unused = Array(bytes[used...])
  }

  private func flush(_ core: ShardCore) {
    let touched = core.touched
    core.touched.removeAll()
    for case let connection as TestConnection in touched {
      connection.isTouched = false
      let bytes = Array(connection.output.bytes)
      connection.output.removeAll()
      if connection.isBlocked {
        connection.backlog += bytes
        connection.backlogBytes = connection.backlog.count
      } else {
        connection.received += bytes
      }
      core.takeBack(connection)
      if connection.phase == .closed { connection.isClosed = true }
    }
  }

  /// Does what hosts were asked for, until nothing is left.
  func settle() {
    while true {
      if !moves.isEmpty {
        let (connection, shard) = moves.removeFirst()
        connection.shard = shard
        round(shard) { core in core.adopt(connection) }
      } else if !resumed.isEmpty {
        let connection = resumed.removeFirst()
        guard !connection.unused.isEmpty, !connection.isPaused else { continue }
        round(connection.shard) { _ in feed(connection) }
      } else if !isMailHeld, let shard = mailboxes.firstIndex(where: { !$0.isEmpty }) {
        let mail = mailboxes[shard]
        mailboxes[shard] = []
        round(shard) { core in mail.forEach(core.take) }
      } else {
        return
      }
    }
  }

  /// Moves the clock second by second, and looks at what is due.
  func advance(seconds: Int) {
    for _ in 0..<seconds {
      now += 1000
      tick()
    }
  }

  func tick() {
    for shard in cores.indices { round(shard) { core in core.tick() } }
    settle()
  }

  /// Delivers mail as another thread would.
  func post(_ mail: ShardMail, to shard: Int) {
    mailboxes[shard].append(mail)
    settle()
  }

  /// Discharges one obligation of each token.
  func discharge(_ tokens: [ObligationToken], _ outcome: DischargeOutcome = .fulfilled) {
    for token in tokens {
      mailboxes[token.shard].append(.discharges([Discharge(token: token, outcome: outcome)]))
    }
    settle()
  }

  // MARK: sums over the shards

  func sum(_ counter: KeyPath<ShardCounters, Int>) -> Int {
    for core in cores { core.updateGauges() }
    return cores.reduce(0) { $0 + $1.counters[keyPath: counter] }
  }
}

extension TestConnection {
  /// Takes the CONNACK away that is the first of what was received.
  func dropConnack() {
    guard received.count >= 2, received[0] == 0x20 else { return }
    received.removeFirst(2 + Int(received[1] & 0x7F))
  }
}

extension ShardCounters {
  var openLedger: Int { ledgerOpen.now }
  var openSessions: Int { sessions.now }
  var openConnections: Int { connectionsOpen.now }
  var openSubscriptions: Int { subscriptions.now }
  var droppedQueueFullNow: Int { droppedQueueFull.now }
  var droppedSlowConsumerNow: Int { droppedSlowConsumer.now }
  var givenUp: Int { acknowledgeTimeouts.now }
  var slowNow: Int { slowSubscribers.now }
}
