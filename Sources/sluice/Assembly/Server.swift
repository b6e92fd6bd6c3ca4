import Administration
import BrokerCore
import Configuration
import EventLoop
import Glibc
import HTTPServer
import KafkaBridge
import KafkaClient
import Transport

/// The broker as one thing, put together of its parts in the order of ``ServerPart``.
final class Server {
  /// How long a stop waits for Kafka to take what is under way.
  private static let stopTimeoutSeconds = 10.0
  /// How long a stop may take in all; container engines and service managers kill after 30 s or more.
  private static let stopDeadlineSeconds: UInt32 = 25

  private let plan: Assembly.Plan
  private let log: StructuredLog
  private let phase = ServerPhase()
  /// Where each listener is bound, by name; known once started.
  private(set) var addresses: [String: SocketAddress] = [:]
  /// Where Kafka is; known once started, nil without a bridge.
  private(set) var bootstrapServers: String?
  private var embedded: EmbeddedKafka?
  private var bridge: KafkaBridge?
  private var group: ShardGroup?
  private var administration: HTTPServer?
  private var stopsAtMilliseconds: Int64 = 0

  init(_ plan: Assembly.Plan) {
    self.plan = plan
    let settings = plan.configuration.log
    log = StructuredLog(level: LogLevel(settings.level), format: settings.format == .json ? .json : .text)
  }

  /// Starts everything, or throws and leaves nothing running.
  func start() throws {
    do {
      for part in ServerPart.allCases {
        try start(part)
        log.log(.debug, "started", [("part", part.rawValue)])
      }
    } catch {
      stop()
      throw error
    }
    for (name, address) in addresses.sorted(by: { $0.key < $1.key }) {
      log.log(.info, "listening", [("listener", name), ("address", "\(address)")])
    }
    log.log(.info, "sluice is ready", [("version", Program.version), ("shards", "\(group?.shardCount ?? 0)")])
  }

  /// Stops everything, the last part first; also what was started in part only.
  func stop() {
    StopDeadline.set(seconds: Self.stopDeadlineSeconds)
    defer { StopDeadline.cancel() }
    stopsAtMilliseconds = Clock.monotonicMilliseconds() + Int64(Self.stopTimeoutSeconds * 1000)
    for part in ServerPart.allCases.reversed() {
      stop(part)
      log.log(.debug, "stopped", [("part", part.rawValue)])
    }
    log.log(.info, "sluice has stopped")
    log.flush(atEnd: true)
  }

  private func start(_ part: ServerPart) throws {
    switch part {
    case .producer: try startProducer()
    case .shards:
      let state = BrokerState(limits: plan.limits, choices: plan.choices, outlet: bridge, log: log)
      let group = ShardGroup(state: state, policy: plan.policy)
      self.group = group
      let shards = plan.configuration.shards ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      addresses = try group.open(shards: shards, listeners: plan.listeners)
    case .reports: if let group { bridge?.connect(mailboxes: group) }
    case .administration: if let group { try startAdministration(group) }
    case .clients: try group?.run()
    case .records: try bridge?.start()
    case .readiness: phase.set(.running)
    }
  }

  private func stop(_ part: ServerPart) {
    switch part {
    case .readiness: phase.set(.stopping)
    case .records: bridge?.stopReading(timeoutSeconds: leftSeconds / 2)
    case .clients: group?.stop()
    case .administration:
      administration?.stop()
      administration = nil
    // What arrives from now on finds mailboxes that nobody empties, and is dropped: whom it is for has gone.
    case .reports, .shards: break
    case .producer:
      bridge?.stop(timeoutSeconds: leftSeconds)
      bridge = nil
      group = nil
      embedded = nil
    }
  }

  private var leftSeconds: Double { Double(max(0, stopsAtMilliseconds - Clock.monotonicMilliseconds())) / 1000 }

  private func startProducer() throws {
    guard var configuration = plan.bridge, let kafka = plan.configuration.kafka else { return }
    if case .embedded(let topics) = kafka.cluster {
      let cluster = try EmbeddedKafka()
      for topic in topics { try cluster.createTopic(topic.name.value, partitions: topic.partitions) }
      embedded = cluster
      configuration.kafka = KafkaClient.KafkaConfiguration(kafka, embeddedServers: cluster.bootstrapServers)
      log.log(
        .warning, "Kafka is embedded: its records are in this process's memory, and gone when it ends",
        [("bootstrap_servers", cluster.bootstrapServers)])
    }
    bootstrapServers = configuration.kafka["bootstrap.servers"]
    bridge = try KafkaBridge(configuration: configuration, log: log)
  }

  private func startAdministration(_ group: ShardGroup) throws {
    guard let bind = plan.configuration.administration?.bind.value else { return }
    let bridge = self.bridge
    let names = addresses.keys.sorted()
    let phase = self.phase
    let pages = Administration(
      metrics: [
        ProcessMetrics(version: Program.version), BrokerMetrics { Self.figures(of: group) },
        BridgeMetrics { (bridge?.snapshot() ?? []).map { BridgeFigures($0) } },
        KafkaMetrics { bridge.map { KafkaFigures($0) } },
      ],
      heartbeats: { Self.heartbeats(of: group) },
      readiness: {
        let now = phase.now
        return Readiness(
          listeners: names.map { .init(name: $0) }, kafka: bridge.map { .init($0) },
          isStarting: now == .starting, isStopping: now == .stopping)
      })
    let server = try HTTPServer(host: bind.host, port: UInt16(clamping: bind.port), routes: pages.routes)
    administration = server
    log.log(.info, "administration", [("address", "\(bind.host):\(server.port)")])
  }

  private static func figures(of group: ShardGroup) -> BrokerFigures {
    var sum = BrokerFigures()
    for counters in group.counters { sum.add(BrokerFigures(counters)) }
    let retained = group.state.retained.size
    sum.retainedMessages = Int64(retained.messages)
    sum.retainedBytes = Int64(retained.bytes)
    return sum
  }

  private static func heartbeats(of group: ShardGroup) -> [ShardHeartbeat] {
    let now = Clock.monotonicMilliseconds()
    return group.counters.enumerated().map { number, counters in
      ShardHeartbeat(shard: number, ageMilliseconds: now - Int64(counters.heartbeatMilliseconds.now))
    }
  }

  /// Waits until so many subscriptions are there, as the counters of the shards tell. Throws when they don't come in
  /// time.
  func waitForSubscriptions(_ count: Int, timeoutSeconds: Int, isStopping: () -> Bool) throws {
    let deadline = Clock.monotonicMilliseconds() + Int64(timeoutSeconds) * 1000
    while (group?.counters ?? []).reduce(0, { $0 + $1.subscriptions.now }) < count {
      guard !isStopping() else { throw Failure("it was told to stop") }
      guard Clock.monotonicMilliseconds() < deadline else {
        throw Failure("no subscription came in \(timeoutSeconds) s")
      }
      usleep(20_000)
    }
  }

  /// Writes what the log held back. Call it about each second.
  func flushLog() { log.flush() }

  /// Tells what a signal that somebody sent does here: nothing.
  func tell(_ signal: ProcessSignal) {
    switch signal {
    case .hangUp:
      log.log(
        .warning, "SIGHUP: the configuration can't be read again yet, nothing was changed",
        [("do", "restart sluice to use a changed file; sluice check says whether it is right")])
    case .user1, .user2:
      log.log(
        .info, "a signal that has no meaning here was ignored", [("signal", signal == .user1 ? "SIGUSR1" : "SIGUSR2")])
    case .interrupt, .terminate: break
    }
  }
}

extension LogLevel {
  /// The level that the configuration names.
  init(_ level: LogConfiguration.Level) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
