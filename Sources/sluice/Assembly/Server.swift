import BrokerCore
import Configuration
import Glibc
import KafkaBridge
import KafkaClient
import Synchronization
import Transport

/// The broker as one thing: embedded Kafka if asked for, bridge, shards and administration, started in the order in which they need
/// each other and stopped in the reverse.
final class Server {
  private let plan: Assembly.Plan
  let log: any Log
  /// Where each listener is bound, by name; known once started.
  private(set) var addresses: [String: SocketAddress] = [:]
  /// Where Kafka is; known once started, nil without a bridge.
  private(set) var bootstrapServers: String?
  private var embedded: EmbeddedKafka?
  private var bridge: KafkaBridge?
  private var group: ShardGroup?

  init(_ plan: Assembly.Plan) {
    self.plan = plan
    let settings = plan.configuration.log
    log = StructuredLog(level: LogLevel(settings.level), isJSON: settings.format == .json)
  }

  /// Starts everything, or throws and leaves nothing running.
  func start() throws {
    do {
      try startKafka()
      let state = BrokerState(limits: plan.limits, outlet: bridge, log: log)
      let group = ShardGroup(state: state, policy: plan.policy)
      self.group = group
      let shards = plan.configuration.shards ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      addresses = try group.start(shards: shards, listeners: plan.listeners)
      try bridge?.start(mailboxes: group)
      log.log(.info, "sluice is ready", [("version", Program.version), ("shards", "\(shards)")])
      for (name, address) in addresses.sorted(by: { $0.key < $1.key }) {
        log.log(.info, "listening", [("listener", name), ("address", "\(address)")])
      }
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

  /// Waits until so many subscriptions are there, as the counters of the shards tell. Throws when they don't come in time.
  func waitForSubscriptions(_ count: Int, timeoutSeconds: Int) throws {
    let deadline = Clock.monotonicMilliseconds() + Int64(timeoutSeconds) * 1000
    while (group?.counters ?? []).reduce(0, { $0 + $1.subscriptions.now }) < count {
      guard Clock.monotonicMilliseconds() < deadline else { throw Failure("no subscription came in \(timeoutSeconds) s") }
      usleep(20_000)
    }
  }

  /// Stops everything: clients first, so that nothing is told them that isn't so, then Kafka gets what it still can.
  func stop() {
    group?.stop()
    bridge?.stop(timeoutSeconds: 10)
    bridge = nil
    group = nil
    embedded = nil
    log.log(.info, "sluice has stopped")
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
