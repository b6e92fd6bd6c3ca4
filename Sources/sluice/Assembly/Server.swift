import Administration
import BrokerCore
import Configuration
import EventLoop
import Glibc
import HTTPServer
import KafkaBridge
import KafkaClient
import Synchronization
import Transport

/// The broker as one thing: embedded Kafka if asked for, bridge, shards and administration, started in the order in
/// which they need each other and stopped in the reverse.
final class Server {
  /// How long a stop waits for Kafka to take what is under way.
  private static let stopTimeoutSeconds = 10.0
  /// How long a stop may take in all; container engines and service managers kill after 30 s or more.
  private static let stopDeadlineSeconds: UInt32 = 25

  private let plan: Assembly.Plan
  private let log: StructuredLog
  /// Where each listener is bound, by name; known once started.
  private(set) var addresses: [String: SocketAddress] = [:]
  /// Where Kafka is; known once started, nil without a bridge.
  private(set) var bootstrapServers: String?
  private var embedded: EmbeddedKafka?
  private var bridge: KafkaBridge?
  private var group: ShardGroup?
  private var administration: HTTPServer?

  init(_ plan: Assembly.Plan) {
    self.plan = plan
    let settings = plan.configuration.log
    log = StructuredLog(level: LogLevel(settings.level), format: settings.format == .json ? .json : .text)
  }

  /// Starts everything, or throws and leaves nothing running.
  func start() throws {
    do {
      try startKafka()
      let state = BrokerState(limits: plan.limits, choices: plan.choices, outlet: bridge, log: log)
      let group = ShardGroup(state: state, policy: plan.policy)
      self.group = group
      let shards = plan.configuration.shards ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      addresses = try group.start(shards: shards, listeners: plan.listeners)
      try bridge?.start(mailboxes: group)
      try startAdministration(group)
      for (name, address) in addresses.sorted(by: { $0.key < $1.key }) {
        log.log(.info, "listening", [("listener", name), ("address", "\(address)")])
      }
      log.log(.info, "sluice is ready", [("version", Program.version), ("shards", "\(shards)")])
    } catch {
      stop()
      throw error
    }
  }

  private func startKafka() throws {
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
    let pages = Administration(
      metrics: [
        ProcessMetrics(version: Program.version), BrokerMetrics { Self.figures(of: group) },
        BridgeMetrics { (bridge?.snapshot() ?? []).map { BridgeFigures($0) } },
      ],
      heartbeats: { Self.heartbeats(of: group) },
      readiness: { Readiness(listeners: names.map { .init(name: $0) }, kafka: bridge.map { Self.state(of: $0) }) })
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

  private static func state(of bridge: KafkaBridge) -> Readiness.KafkaState {
    let health = bridge.health
    if health.isReachable == true {
      return health.readerProblems.isEmpty ? .reachable : .unread(reasons: health.readerProblems)
    }
    return .unreachable(reason: health.lastError ?? "it has not answered yet")
  }

  /// Waits until so many subscriptions are there, as the counters of the shards tell. Throws when they don't come in
  /// time.
  func waitForSubscriptions(_ count: Int, timeoutSeconds: Int) throws {
    let deadline = Clock.monotonicMilliseconds() + Int64(timeoutSeconds) * 1000
    while (group?.counters ?? []).reduce(0, { $0 + $1.subscriptions.now }) < count {
      guard Clock.monotonicMilliseconds() < deadline else {
        throw Failure("no subscription came in \(timeoutSeconds) s")
      }
      usleep(20_000)
    }
  }

  /// Writes what the log held back. Call it about each second.
  func flushLog() { log.flush() }

  /// Stops everything: clients first, so that nothing is told them that isn't so, then Kafka gets what it still can.
  func stop() {
    StopDeadline.set(seconds: Self.stopDeadlineSeconds)
    defer { StopDeadline.cancel() }
    administration?.stop()
    group?.stop()
    bridge?.stop(timeoutSeconds: Self.stopTimeoutSeconds)
    administration = nil
    bridge = nil
    group = nil
    embedded = nil
    log.log(.info, "sluice has stopped")
    log.flush(atEnd: true)
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
