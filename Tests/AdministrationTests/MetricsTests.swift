import Administration
import Testing

@Suite struct MetricsTests {
  @Test func `the sources together give the whole catalogue, with a value for each label`() {
    var broker = BrokerFigures()
    broker.connectsRefused = ["not authorized": 0]
    broker.publishesRefused = ["quota exceeded": 0]
    broker.messagesDropped = ["queue full": 0]
    broker.tlsHandshakes = ["completed": 0]
    let sources: [any MetricsSource] = [
      BrokerMetrics { [broker] in broker },
      BridgeMetrics {
        [
          BridgeFigures(mapping: "telemetry", direction: .toKafka),
          BridgeFigures(mapping: "commands", direction: .fromKafka),
        ]
      },
      KafkaMetrics {
        KafkaFigures(
          isReachable: true, queuedRecords: 1, queuedBytes: 2,
          readers: [.init(mapping: "commands", partitions: 3, lag: 4)],
          mappings: [.init(name: "commands", direction: .fromKafka, isReady: true)])
      },
      ProcessMetrics(version: "1.0.0"),
    ]
    let families = sources.flatMap { $0.metricFamilies() }
    #expect(Set(families.map(\.definition)) == Set(MetricDefinition.all))
    for family in families {
      #expect(!family.samples.isEmpty, "\(family.definition.name)")
      for sample in family.samples { #expect(sample.labels.count == family.definition.labels.count) }
    }
  }

  @Test func `figures of shards add up`() {
    var sum = BrokerFigures()
    for shard in 1...3 {
      var figures = BrokerFigures()
      figures.connectionsOpen = Int64(shard)
      figures.connectsRefused = ["a": UInt64(shard), "only \(shard)": 1]
      figures.publishesReceived = [1, 0, UInt64(shard)]
      figures.bytesSent = UInt64.max
      sum.add(figures)
    }
    #expect(sum.connectionsOpen == 6)
    #expect(sum.connectsRefused == ["a": 6, "only 1": 1, "only 2": 1, "only 3": 1])
    #expect(sum.publishesReceived == [3, 0, 6])
    #expect(sum.bytesSent == UInt64.max - 2, "wraps rather than stops")
  }

  @Test func `the imbalance of a mapping is what the identity says`() {
    var figures = BridgeFigures(mapping: "m", direction: .fromKafka)
    (figures.accepted, figures.delivered, figures.refused, figures.expired, figures.open) = (10, 4, 3, 2, 1)
    #expect(figures.imbalance == 0)
    figures.delivered = 6
    #expect(figures.imbalance == -2)
  }

  @Test func `the process's figures are read from the system`() {
    let families = ProcessMetrics(version: "1").metricFamilies()
    for (definition, least) in [
      (MetricDefinition.processResidentMemory, UInt64(1_000_000)), (.processOpenDescriptors, 3),
      (.processDescriptorsMax, 64),
    ] {
      let value = families.first { $0.definition == definition }?.samples.first?.value
      guard case .count(let count) = value else {
        Issue.record("\(definition.name) is missing")
        continue
      }
      #expect(count >= least)
    }
    let time = families.first { $0.definition == .processCPU }?.samples.first?.value
    if case .number(let seconds) = time { #expect(seconds > 0) } else { Issue.record("no CPU time: \(families)") }
  }
}
