import Administration
import BrokerCore
import KafkaBridge

extension BrokerFigures {
  /// What one shard has counted.
  init(_ counters: ShardCounters) {
    self.init()
    func count(_ counter: borrowing Counter) -> UInt64 { UInt64(clamping: counter.now) }
    connectionsOpen = Int64(counters.connectionsOpen.now)
    connections = count(counters.connections)
    connectsRefused = [
      "refused": count(counters.connectsRefused), "timeout": count(counters.timeouts),
      "protocol": count(counters.protocolFaults), "address": count(counters.connectionsRefusedForAddress),
    ]
    publishesReceived = [
      count(counters.publishesReceivedQoS0), count(counters.publishesReceivedQoS1),
      count(counters.publishesReceivedQoS2),
    ]
    publishesSent = [
      count(counters.publishesSentQoS0), count(counters.publishesSentQoS1), count(counters.publishesSentQoS2),
    ]
    publishesRefused = [
      "denied": count(counters.publishesDenied), "quota": count(counters.publishesRefusedForQuota),
      "bridge": count(counters.publishesRefused), "payload_format": count(counters.publishesNotText),
    ]
    refusedAcknowledged = count(counters.refusedAcknowledged)
    subscriptionsRefused = count(counters.subscriptionsRefused)
    messagesDropped = [
      "slow_consumer": count(counters.droppedSlowConsumer), "queue_full": count(counters.droppedQueueFull),
      "too_large": count(counters.droppedTooLarge), "expired": count(counters.expired),
    ]
    acknowledgeTimeouts = count(counters.acknowledgeTimeouts)
    slowSubscribers = Int64(counters.slowSubscribers.now)
    sessions = Int64(counters.sessions.now)
    subscriptions = Int64(counters.subscriptions.now)
    bytesReceived = count(counters.bytesReceived)
    bytesSent = count(counters.bytesSent)
    tlsHandshakes = ["completed": count(counters.handshakes), "failed": count(counters.handshakesFailed)]
  }
}

extension BridgeFigures {
  /// What one mapping has counted, read as of one moment by the bridge.
  init(_ counters: MappingCounters) {
    self.init(mapping: counters.name, direction: counters.direction == .toKafka ? .toKafka : .fromKafka)
    accepted = counters.accepted
    delivered = counters.delivered
    refused = counters.refused
    expired = counters.expired
    open = counters.open
    looped = counters.looped
    hopsExceeded = counters.hopsExceeded
    headersLeftOut = counters.headersLeftOut
    unreceived = counters.unreceived
  }
}

extension KafkaFigures {
  /// What a bridge knows.
  init(_ bridge: KafkaBridge) {
    let health = bridge.health
    let mappings = bridge.snapshot().map { counters in
      let isReady = !health.problems.contains {
        $0.mapping == counters.name && $0.direction == counters.direction
      }
      return Mapping(
        name: counters.name, direction: counters.direction == .toKafka ? .toKafka : .fromKafka, isReady: isReady)
    }
    self.init(
      isReachable: health.isReachable == true, queuedRecords: health.queuedRecords, queuedBytes: health.queuedBytes,
      readers: health.readers.map { Reader(mapping: $0.mapping, partitions: $0.partitions, lag: $0.lag) },
      mappings: mappings)
  }
}

extension Readiness.KafkaState {
  /// What a bridge knows.
  init(_ bridge: KafkaBridge) {
    let health = bridge.health
    let reasons = health.problems.map { problem in
      "mapping \(problem.mapping) (\(problem.direction.rawValue)) can't work: \(problem.reason)"
    }
    switch health.isReachable {
    case true?: self = reasons.isEmpty ? .reachable : .impaired(reasons: reasons)
    // What keeps it from being known is among them.
    case nil where !reasons.isEmpty: self = .impaired(reasons: reasons)
    case nil, false?: self = .unreachable(reason: health.lastError ?? "it has not answered yet")
    }
  }
}
