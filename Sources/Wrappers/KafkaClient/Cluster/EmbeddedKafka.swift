internal import CRdKafka
internal import Synchronization

/// A Kafka cluster inside this process, for demonstrations and tests: it keeps records in memory only (at most 5 MiB a
/// partition, the oldest go first), knows no authentication, and listens on loopback at a port that the system chooses
/// anew each time. Any Kafka client on this machine can use it. A topic that is asked for and isn't there is made with
/// 4 partitions. Thread-safe. The cluster ends with this object: close its clients first.
public final class EmbeddedKafka: @unchecked Sendable {
  private let client: ClientHandle
  // The library's mock cluster takes requests from any thread and queues them for its own.
  private let cluster: OpaquePointer
  private let brokerCount: Int32
  private let ports: HeldPorts
  private let isReachable = Mutex(true)
  /// Where clients begin: "127.0.0.1:43210".
  public let bootstrapServers: String

  /// Starts the cluster.
  public init(brokers: Int = 1, log: @escaping KafkaLogHandler = { _ in }) throws(KafkaError) {
    let conf = try KafkaConfiguration(bootstrapServers: "").makeNative(fixed: [("client.id", "embedded-kafka")])
    let client = try ClientHandle(RD_KAFKA_PRODUCER, conf: conf, context: ClientContext(log: log))
    brokerCount = Int32(clamping: max(1, brokers))
    let (cluster, servers, ports) = try Self.start(client, brokers: brokerCount)
    self.client = client
    self.cluster = cluster
    self.ports = ports
    bootstrapServers = servers
  }

  /// Starts a cluster whose ports stay its own. They can be held only while it doesn't listen, which is best done
  /// before anybody knows them; should another process be faster all the same, it gets others.
  private static func start(
    _ client: ClientHandle, brokers: Int32
  ) throws(KafkaError) -> (cluster: OpaquePointer, servers: String, ports: HeldPorts) {
    for _ in 0..<10 {
      guard let cluster = rd_kafka_mock_cluster_new(client.pointer, brokers) else { break }
      if let servers = rd_kafka_mock_cluster_bootstraps(cluster).map({ String(cString: $0) }) {
        for broker in 1...brokers { rd_kafka_mock_broker_set_down(cluster, broker) }
        if let ports = HeldPorts(servers), ports.waitUntilFree() {
          for broker in 1...brokers { rd_kafka_mock_broker_set_up(cluster, broker) }
          return (cluster, servers, ports)
        }
      }
      rd_kafka_mock_cluster_destroy(cluster)
    }
    throw KafkaError(code: .invalidArgument, reason: "the embedded Kafka can't listen on loopback")
  }

  deinit { rd_kafka_mock_cluster_destroy(cluster) }

  /// Makes a topic. Throws when it exists with another number of partitions, or can't be named so.
  public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
    guard KafkaTopic.isLegal(name: name) else {
      throw KafkaError(code: .invalidArgument, reason: KafkaTopic.explainIllegal(name: name))
    }
    let code = KafkaErrorCode(rd_kafka_mock_topic_create(cluster, name, Int32(clamping: partitions), 1))
    guard code == .success else { throw KafkaError(code: code, reason: "topic \(name) was not made: \(code)") }
  }

  /// Makes the brokers refuse connections, and close those that are open, or undoes it: an outage for tests.
  public func setReachable(_ isReachable: Bool) {
    self.isReachable.withLock { now in
      guard now != isReachable else { return }
      now = isReachable
      if isReachable { ports.waitUntilFree() }
      // Both calls wait until the cluster's thread has done it.
      for broker in 1...brokerCount {
        _ = isReachable ? rd_kafka_mock_broker_set_up(cluster, broker) : rd_kafka_mock_broker_set_down(cluster, broker)
      }
    }
  }

  /// Makes the next produce requests fail, each with one of these codes.
  public func failProduceRequests(with codes: [KafkaErrorCode]) {
    let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
    rd_kafka_mock_push_request_errors_array(cluster, 0, errors.count, errors)
  }
}
