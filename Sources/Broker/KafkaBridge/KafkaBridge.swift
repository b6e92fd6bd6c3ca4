public import BrokerCore
internal import KafkaClient
internal import Synchronization

/// The bridge between MQTT and Apache Kafka: mappings in both directions, order, acknowledgement, loop guard, counters.
///
/// To Kafka it is the broker's ``Outlet``: a publish that a mapping names is queued at the producer, and its obligation
/// is discharged when all in-sync replicas have the record. From Kafka each mapping has a consumer; its records become
/// messages on the shards, and an offset is stored when all before it is done. With Kafka away nothing is dropped:
/// obligations wait, and past the bounds of ``KafkaBridgeLimits`` publishes are refused for quota.
///
/// Loop guard: a message that came from a Kafka topic is not written to that topic again; a record that Sluice writes
/// where one of its own mappings may read carries `sluice.origin`, and is left out when it is read.
public final class KafkaBridge: Outlet {
  private let configuration: KafkaBridgeConfiguration
  private let parsed: ParsedMappings
  private let log: any Log
  private let clientLog: ClientLog
  private let desk: DeliveryDesk
  private let healthDesk: HealthDesk
  private let outbound: OutboundBridge
  private let producer: KafkaProducer
  private let running = Mutex(Running())

  private struct Running {
    var inbound: [InboundBridge] = []
    var monitor: KafkaMonitor?
  }

  /// Everything that is wrong with the mappings; empty when all is well. Nothing is started or reached.
  public static func check(_ configuration: KafkaBridgeConfiguration) -> [MappingError] {
    ParsedMappings.check(configuration)
  }

  /// What in the mappings is allowed and probably not meant; empty also when something is wrong with them.
  public static func warnings(_ configuration: KafkaBridgeConfiguration) -> [MappingWarning] {
    ParsedMappings.warnings(configuration)
  }

  /// Checks the configuration and makes the producer, which begins to connect; it does not wait for Kafka. Throws the
  /// first ``MappingError``, or the client's error, which says which property is wrong and why.
  public init(configuration: KafkaBridgeConfiguration, log: any Log) throws {
    if let error = KafkaBridge.check(configuration).first { throw error }
    self.configuration = configuration
    self.log = log
    let parsed = try ParsedMappings(configuration)
    self.parsed = parsed
    let clientLog = ClientLog(log: log)
    self.clientLog = clientLog
    let desk = DeliveryDesk(mappings: parsed.outbound, log: log)
    self.desk = desk
    let limits = configuration.limits
    healthDesk = HealthDesk(
      servers: configuration.kafka["bootstrap.servers"] ?? "", mappings: parsed, watchSeconds: limits.watchSeconds,
      clientLog: clientLog, log: log)
    producer = try KafkaProducer(
      configuration: Self.producerProperties(configuration), log: { clientLog.take($0) },
      deliveries: { desk.take($0) })
    outbound = OutboundBridge(
      mappings: parsed.outbound, producer: producer, limits: limits, log: log, origin: configuration.origin,
      inboundTopics: parsed.inbound.map(\.topic))
  }

  /// Tells it where delivery reports and records go, and asks for the leaders of the topics that are known. Nothing is
  /// read yet. Call it once, before any shard forwards: a report that had nowhere to go would leave its publisher
  /// without an acknowledgement for ever.
  public func connect(mailboxes: any ShardMailboxes) {
    desk.mailboxes.withLock { $0 = mailboxes }
    outbound.warmUp()
    outbound.prepareFinding(configuration.kafka) { [clientLog] in clientLog.take($0) }
    let inbound = parsed.inbound.map { mapping in
      InboundBridge(
        mapping, origin: configuration.origin, limits: configuration.limits, mailboxes: mailboxes, log: log,
        changed: { [weak healthDesk] in healthDesk?.reconsider() })
    }
    healthDesk.begin(inbound)
    running.withLock { $0.inbound = inbound }
  }

  /// Begins to read from Kafka and to watch whether it can be reached. Doesn't wait for Kafka. Call it once, after
  /// ``connect(mailboxes:)``, when the shards run.
  public func start() throws {
    try outbound.startFinding()
    let inbound = running.withLock { $0.inbound }
    for (bridge, mapping) in zip(inbound, parsed.inbound) {
      try bridge.start(configuration.kafka, topic: mapping.topic) { [clientLog] in
        clientLog.take($0)
      }
    }
    let topics = parsed.outbound.compactMap { $0.topic.constant.map { String(decoding: $0, as: UTF8.self) } }
    let monitor = try KafkaMonitor(
      producer: { [producer] in producer }, topics: Set(topics), pauseSeconds: configuration.limits.watchSeconds,
      looked: { [weak self] outlook in
        guard let self else { return }
        healthDesk.looked(outlook) { self.snapshot() }
      })
    running.withLock { $0.monitor = monitor }
  }

  /// Ends reading, and commits what is done, within about `timeoutSeconds`; what is done later is read again after the
  /// next start. Call it while the shards still run: a record whose receivers have been sent away counts as done there,
  /// and must not be committed.
  public func stopReading(timeoutSeconds: Double) {
    let (inbound, monitor) = running.withLock { running in
      defer { running.monitor = nil }
      return (running.inbound, running.monitor)
    }
    monitor?.stop()
    let until = monotonicSeconds() + timeoutSeconds
    for bridge in inbound { bridge.stop(timeoutSeconds: max(0, until - monotonicSeconds()) / 2) }
  }

  /// Ends reading, if it has not ended, waits until Kafka has what is queued, gives up the rest with a discharge
  /// (refused for quota), all within about `timeoutSeconds`. To publishers that are still connected that is a refusal:
  /// close their connections first, so that they send again.
  public func stop(timeoutSeconds: Double) {
    let until = monotonicSeconds() + timeoutSeconds
    stopReading(timeoutSeconds: timeoutSeconds)
    outbound.stopFinding()
    let lost = producer.close(timeoutSeconds: max(0, until - monotonicSeconds()))
    if lost > 0 {
      log.log(
        .warning, "stopped with records that Kafka doesn't have; they were not acknowledged",
        [("records", String(lost))])
    }
  }

  /// See ``Outlet/plan(topic:)``.
  public func plan(topic: UnsafeRawBufferPointer) -> OutletPlan? { outbound.plan(topic: topic) }

  /// See ``Outlet/forward(_:on:token:)`` and, for what is refused when, `OutboundBridge`.
  public func forward(_ publish: borrowing PublishView, on plan: OutletPlan, token: ObligationToken) -> ForwardOutcome {
    // A copy of a few words: the compiler (6.3.1) crashes on a borrowed view's unowned(unsafe) publisher.
    outbound.forward(copy publish, on: plan, token: token)
  }

  /// What went through each mapping. Any thread may ask.
  public func snapshot() -> [MappingCounters] {
    parsed.outbound.map { $0.counters.snapshot(name: $0.name) } + running.withLock { $0.inbound }.map(\.counters)
  }

  /// Records that the counters say are open towards Kafka, less those that the producer holds: the check of the books
  /// by an independent count. While publishes flow it may be off by those in the middle of a call; a difference that
  /// stays is a fault.
  public var unaccounted: Int {
    var least = Int.max
    for _ in 0..<100 where least != 0 {
      let held = outbound.queuedRecords
      let open = parsed.outbound.reduce(0) { $0 + Int(bitPattern: UInt($1.counters.snapshot(name: "").open)) }
      if abs(open - held) < abs(least) { least = open - held }
    }
    return least
  }

  /// What is known of Kafka. Costs no request; any thread may ask.
  public var health: KafkaHealth {
    healthDesk.health(queuedRecords: outbound.queuedRecords, queuedBytes: outbound.queuedBytes)
  }
}
