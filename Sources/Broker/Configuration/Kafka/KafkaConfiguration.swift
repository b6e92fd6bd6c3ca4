/// Which Kafka the bridge speaks to.
public struct KafkaConfiguration: Sendable {
  /// Where the brokers are.
  public enum Cluster: Sendable {
    /// `bootstrap_servers`: at least one `host:port`.
    case external(bootstrapServers: [Placed<String>])
    /// `embedded: true`: an in-process cluster that keeps records in memory only, with these topics.
    case embedded(topics: [EmbeddedTopic])
  }

  /// A topic of the embedded cluster.
  public struct EmbeddedTopic: Sendable {
    /// The topic's name, valid for Kafka.
    public let name: Placed<String>
    /// Its number of partitions, 1 to 128.
    public let partitions: Int
  }

  /// Where the section is written.
  public let place: SourcePlace
  /// Where the brokers are.
  public let cluster: Cluster
  /// `properties`: librdkafka's own, by its own names, in the order of the file. Only librdkafka knows whether they
  /// exist. `bootstrap.servers` is not among them. Relative paths of certificates and keys were put on the file's
  /// folder.
  public let properties: [KafkaProperty]
  /// `instance`: the name of this Sluice towards Kafka, 1 to 64 letters, digits, `.`, `_` and `-`. "sluice" by default.
  public let instance: String
  /// `hops_max`: how often a message may go from Kafka to MQTT and back, 1 to 100; nil leaves it to the bridge.
  public let hopsMax: Int?
}
