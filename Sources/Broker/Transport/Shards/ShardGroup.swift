public import BrokerCore
public import EventLoop
import MQTTCodec
public import Security
import Synchronization

/// The transport: listeners and shards, and the way into them for other threads.
///
/// Transport moves bytes: it accepts connections, drives TLS, reads, hands whole reads to the shard's ``ShardCore`` and
/// writes what it answers. Any thread may call it.
public final class ShardGroup: ShardMailboxes, Sendable {
  private static let workerCount = 2

  /// What all shards share.
  public let state: BrokerState
  let workers = WorkerPool()
  private let policy: AccessPolicy
  private let connections = ConnectionCount()
  /// Connections whose CONNECT is not accepted yet.
  let pending = ConnectionCount()
  // Set once in `start`, before any other thread exists that reads it.
  nonisolated(unsafe) private(set) var shards: [Shard] = []
  private let threads = Mutex<[SystemThread]>([])

  /// Makes a group that does nothing yet.
  public init(state: BrokerState, policy: AccessPolicy) {
    self.state = state
    self.policy = policy
  }

  /// Makes the shards with their mailboxes, and binds every listener on each of them. Returns the addresses that the
  /// listeners are bound to, by name. Nothing runs and nobody is accepted before ``run()``; what is posted waits for
  /// it. Call it once; when it throws, nothing is left of what it began.
  public func open(shards count: Int, listeners: [ListenerSettings]) throws -> [String: SocketAddress] {
    shards = (0..<count).map { Shard($0, of: self) }
    do {
      for shard in shards { try shard.prepare(state, shardCount: count, listeners) }
      return try bind(listeners)
    } catch {
      stop()
      throw error
    }
  }

  /// Starts the shards' threads, which let clients in. All that a shard calls must be there: what publishes are
  /// forwarded to, too. Call it once, after ``open(shards:listeners:)``; when it throws, nothing is left of both.
  public func run() throws {
    do {
      guard workers.start(threads: Self.workerCount) else { throw StartError.noThreads }
      for shard in shards {
        guard let thread = SystemThread.start("shard-\(shard.number)", { shard.run() }) else {
          throw StartError.noThreads
        }
        threads.withLock { $0.append(thread) }
      }
    } catch {
      stop()
      throw error
    }
  }

  private func bind(_ listeners: [ListenerSettings]) throws -> [String: SocketAddress] {
    var sockets: [[(ListeningSocket, ListenerSettings)]] = Array(repeating: [], count: shards.count)
    var bound: [String: SocketAddress] = [:]
    for listener in listeners {
      do {
        let group = try ListeningSocket.group(address: listener.address, count: shards.count)
        for (number, socket) in group.enumerated() {
          bound[listener.name] = socket.address
          sockets[number].append((socket, listener))
        }
      } catch {
        throw StartError(description: "listener \"\(listener.name)\": \(error)")
      }
    }
    for shard in shards { shard.listen(sockets[shard.number]) }
    return bound
  }

  /// Tells every client that the server stops, closes all connections and listeners, and waits for all threads. Nothing
  /// of the system is held afterwards; the counters can still be read, and what is posted is dropped.
  public func stop() {
    for shard in shards { shard.mailbox.post(.stop) }
    let running = threads.withLock { threads in
      let all = threads
      threads = []
      return all
    }
    for thread in running { thread.join() }
    workers.stop()
    for shard in shards { shard.end() }
  }

  /// The counters of all shards, for whoever reads them.
  public var counters: [ShardCounters] { shards.compactMap { $0.core?.counters } }

  // MARK: mailboxes

  /// How many shards there are; 0 before ``open(shards:listeners:)``.
  public var shardCount: Int { shards.count }

  /// Hands a batch of ended obligations to the shard that keeps their entries.
  public func post(discharges: [Discharge], to shard: Int) {
    guard shards.indices.contains(shard) else { return }
    shards[shard].mailbox.post(.mail(.discharges(discharges)))
  }

  /// Hands a batch of records to a shard.
  public func post(records: RecordBatch, to shard: Int) {
    guard shards.indices.contains(shard) else { return }
    shards[shard].mailbox.post(.mail(.records(records)))
  }

  // MARK: connections

  /// Counts a connection of a listener in; false when there are as many as are allowed.
  func takeConnection(_ settings: ListenerSettings) -> Bool {
    guard connections.take(max: state.limits.connectionsMax) else { return false }
    if settings.connections.take(max: settings.connectionsMax) { return true }
    connections.give()
    return false
  }

  func giveConnection(_ settings: ListenerSettings) {
    settings.connections.give()
    connections.give()
  }

  /// A connection is over: it counts no more.
  func giveConnection(_ connection: Connection) {
    if connection.isAddressCounted { connection.settings.addresses.give(connection.peer) }
    if connection.isPending { pending.give() }
    connection.isPending = false
    giveConnection(connection.settings)
  }

  /// Whether as many connections are open as may be before their CONNECTs are accepted. Shards that ask at once may
  /// each take one more.
  var isFullOfPending: Bool { pending.now >= state.limits.pendingConnectionsMax }

  /// Asks who it is, and what it may do.
  func judge(_ credentials: Credentials, _ request: ConnectRequest, _ authenticator: Authenticator) -> ConnectDecision {
    switch authenticator.authenticate(credentials) {
    case .accepted(let identity):
      if let user = credentials.userName, !user.isEmpty, identity.userName == nil {
        state.log.log(
          .debug, "a user name that nothing proves was ignored",
          [
            ("client", Claimed.text(credentials.clientID)), ("user", Claimed.text(user)),
            ("listener", credentials.listener), ("peer", credentials.remoteAddress),
          ])
      }
      let publisher = Publisher(
        clientID: request.clientID, userName: Array((identity.userName ?? "").utf8),
        certificateName: Array((identity.certificateName ?? "").utf8))
      return .accepted(publisher, SecurityGrants(policy.grants(for: identity)))
    case .refused(let refusal):
      let reason: ReasonCode =
        switch refusal.reason {
        case .badUserNameOrPassword: .badUserNameOrPassword
        case .notAuthorized: .notAuthorized
        case .clientIdentifierNotValid: .clientIdentifierNotValid
        }
      return .refused(reason, why: refusal.explanation)
    }
  }
}
