/// Every metric of the product.
extension MetricDefinition {
  /// Network connections that are open.
  public static let connectionsOpen = MetricDefinition(
    .gauge, "connections_open", help: "Network connections that are open.")
  /// Network connections taken since the start.
  public static let connectionsTotal = MetricDefinition(
    .counter, "connections_total", help: "Network connections taken since the start.")
  /// Refused connects.
  public static let connectRefusedTotal = MetricDefinition(
    .counter, "connect_refused_total", ["reason"], help: "CONNECT packets and connections refused, by reason.")
  /// Publishes from clients.
  public static let publishesReceivedTotal = MetricDefinition(
    .counter, "publishes_received_total", ["qos"], help: "PUBLISH packets received from clients, by QoS.")
  /// Publishes to clients.
  public static let publishesSentTotal = MetricDefinition(
    .counter, "publishes_sent_total", ["qos"], help: "PUBLISH packets sent to clients, by QoS.")
  /// Refused publishes.
  public static let publishRefusedTotal = MetricDefinition(
    .counter, "publish_refused_total", ["reason"], help: "PUBLISH packets refused, by reason.")
  /// Refused publishes whose publishers could not be told.
  public static let refusedAcknowledgedTotal = MetricDefinition(
    .counter, "refused_acknowledged_total",
    help: "PUBLISH packets of 3.x clients that were acknowledged although they can never be written to Kafka.")
  /// Refused subscriptions.
  public static let subscriptionsRefusedTotal = MetricDefinition(
    .counter, "subscriptions_refused_total", help: "Filters of SUBSCRIBE packets that were refused.")
  /// Messages that were not delivered to a subscriber.
  public static let messagesDroppedTotal = MetricDefinition(
    .counter, "messages_dropped_total", ["reason"],
    help: "Messages that a subscriber did not get, by reason.")
  /// Subscribers that records from Kafka stopped waiting for.
  public static let acknowledgeTimeoutsTotal = MetricDefinition(
    .counter, "acknowledge_timeouts_total",
    help: "How often records from Kafka stopped waiting for a subscriber that fell behind.")
  /// Subscribers that records from Kafka don't wait for.
  public static let slowSubscribers = MetricDefinition(
    .gauge, "slow_subscribers",
    help: "Connected subscribers that fell behind, so that no record from Kafka waits for them.")
  /// Sessions, connected or not.
  public static let sessions = MetricDefinition(.gauge, "sessions", help: "Sessions, connected or not.")
  /// Subscriptions of all sessions.
  public static let subscriptions = MetricDefinition(.gauge, "subscriptions", help: "Subscriptions of all sessions.")
  /// Retained messages.
  public static let retainedMessages = MetricDefinition(.gauge, "retained_messages", help: "Retained messages.")
  /// Their memory.
  public static let retainedBytes = MetricDefinition(
    .gauge, "retained_bytes", help: "Bytes of topics, properties and payloads of retained messages.")
  /// Bytes from the network.
  public static let bytesReceivedTotal = MetricDefinition(
    .counter, "bytes_received_total", help: "Bytes received from clients, below TLS.")
  /// Bytes to the network.
  public static let bytesSentTotal = MetricDefinition(
    .counter, "bytes_sent_total", help: "Bytes sent to clients, below TLS.")
  /// TLS handshakes.
  public static let tlsHandshakesTotal = MetricDefinition(
    .counter, "tls_handshakes_total", ["result"], help: "TLS handshakes, by result.")

  /// What a mapping took on.
  public static let bridgeAcceptedTotal = MetricDefinition(
    .counter, "bridge_accepted_total", ["mapping", "direction"], help: "Messages or records that a mapping took on.")
  /// What a mapping delivered.
  public static let bridgeDeliveredTotal = MetricDefinition(
    .counter, "bridge_delivered_total", ["mapping", "direction"], help: "Messages or records delivered for good.")
  /// What a mapping refused.
  public static let bridgeRefusedTotal = MetricDefinition(
    .counter, "bridge_refused_total", ["mapping", "direction"],
    help: "Messages or records taken on and then refused, with their publisher told.")
  /// What expired in a mapping.
  public static let bridgeExpiredTotal = MetricDefinition(
    .counter, "bridge_expired_total", ["mapping", "direction"],
    help: "Messages or records whose expiry passed before they were delivered.")
  /// What a mapping still has to do.
  public static let bridgeOpen = MetricDefinition(
    .gauge, "bridge_open", ["mapping", "direction"], help: "Messages or records taken on and not yet done.")
  /// The conservation identity.
  public static let bridgeImbalance = MetricDefinition(
    .gauge, "bridge_imbalance", ["mapping", "direction"],
    help: "accepted - delivered - refused - expired - open. Anything but 0 is a fault of the broker: please report it.")
  /// What the loop guard left out.
  public static let bridgeLoopedTotal = MetricDefinition(
    .counter, "bridge_looped_total", ["mapping", "direction", "reason"],
    help: "Messages or records that the loop guard left out: echoes, and what went from Kafka to Kafka too often.")
  /// What a record had that MQTT can't carry.
  public static let bridgeHeadersLeftOutTotal = MetricDefinition(
    .counter, "bridge_headers_left_out_total", ["mapping", "direction"],
    help: "Headers of records that MQTT can't carry, and that their messages went without.")
  /// What nobody wanted.
  public static let bridgeUnreceivedTotal = MetricDefinition(
    .counter, "bridge_unreceived_total", ["mapping"],
    help: "Records from Kafka whose topic nobody subscribed to; among the delivered.")

  /// Whether Kafka answers.
  public static let kafkaReachable = MetricDefinition(
    .gauge, "kafka_reachable",
    help: "1 while all Kafka brokers answer that the mappings need: leaders of partitions and group coordinators.")
  /// Whether a mapping can work.
  public static let kafkaMappingReady = MetricDefinition(
    .gauge, "kafka_mapping_ready", ["mapping", "direction"],
    help: "1 while nothing but Kafka's reachability keeps a mapping from its work; /readyz says what does.")
  /// What waits for Kafka.
  public static let kafkaQueuedRecords = MetricDefinition(
    .gauge, "kafka_queued_records", help: "Records that wait for Kafka.")
  /// Their memory.
  public static let kafkaQueuedBytes = MetricDefinition(
    .gauge, "kafka_queued_bytes", help: "Bytes of keys, values and headers of records that wait for Kafka.")
  /// The share of the consumer group.
  public static let kafkaPartitionsAssigned = MetricDefinition(
    .gauge, "kafka_partitions_assigned", ["mapping"], help: "Partitions that this broker reads.")
  /// What is still to be read.
  public static let kafkaLagRecords = MetricDefinition(
    .gauge, "kafka_lag_records", ["mapping"],
    help: "Records in those partitions that are not done, behind the offset that is committed next.")

  /// What was built.
  public static let buildInfo = MetricDefinition(
    .gauge, "build_info", ["version"], help: "Always 1; the label says what runs.")
  /// When the process started.
  public static let processStartTime = MetricDefinition(
    .gauge, "process_start_time_seconds", help: "When the process started, in seconds since 1970, UTC.")
  /// Time of all cores that the process used.
  public static let processCPU = MetricDefinition(
    .counter, "process_cpu_seconds_total", help: "CPU time of the process, in user code and in the system.")
  /// Memory in use.
  public static let processResidentMemory = MetricDefinition(
    .gauge, "process_resident_memory_bytes", help: "Memory of the process that is resident.")
  /// Descriptors in use.
  public static let processOpenDescriptors = MetricDefinition(
    .gauge, "process_open_descriptors", help: "File descriptors that are open.")
  /// Descriptors that may be used.
  public static let processDescriptorsMax = MetricDefinition(
    .gauge, "process_descriptors_max", help: "File descriptors that the system allows to be open.")

  /// The whole catalogue.
  public static let all: [MetricDefinition] = [
    connectionsOpen, connectionsTotal, connectRefusedTotal, publishesReceivedTotal, publishesSentTotal,
    publishRefusedTotal, refusedAcknowledgedTotal, subscriptionsRefusedTotal, messagesDroppedTotal,
    acknowledgeTimeoutsTotal,
    slowSubscribers, sessions, subscriptions, retainedMessages, retainedBytes, bytesReceivedTotal, bytesSentTotal,
    tlsHandshakesTotal,
    bridgeAcceptedTotal, bridgeDeliveredTotal, bridgeRefusedTotal, bridgeExpiredTotal, bridgeOpen, bridgeImbalance,
    bridgeLoopedTotal, bridgeHeadersLeftOutTotal, bridgeUnreceivedTotal,
    kafkaReachable, kafkaMappingReady, kafkaQueuedRecords, kafkaQueuedBytes,
    kafkaPartitionsAssigned, kafkaLagRecords,
    buildInfo, processStartTime, processCPU, processResidentMemory, processOpenDescriptors, processDescriptorsMax,
  ]
}
