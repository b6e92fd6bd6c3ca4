/// What decides whether devices should be sent here.
public struct Readiness: Sendable {
  /// All listeners of the configuration.
  public var listeners: [ListenerState]
  /// The Kafka bridge; nil when none is configured.
  public var kafka: KafkaState?
  /// Whether a part of the broker is still to be started.
  public var isStarting: Bool
  /// Whether the broker is on its way out, so that a load balancer takes it from its list first.
  public var isStopping: Bool

  /// States what is so.
  public init(listeners: [ListenerState], kafka: KafkaState?, isStarting: Bool = false, isStopping: Bool = false) {
    self.listeners = listeners
    self.kafka = kafka
    self.isStarting = isStarting
    self.isStopping = isStopping
  }

  /// One listener.
  public struct ListenerState: Sendable {
    /// Its name in the configuration, or its address.
    public var name: String
    /// Why it takes no connections, in plain words; nil when it is bound.
    public var problem: String?

    /// States what is so.
    public init(name: String, problem: String? = nil) {
      self.name = name
      self.problem = problem
    }
  }

  /// Whether the Kafka cluster can be reached. A refused authorization counts as reachable: the cluster answers.
  public enum KafkaState: Sendable {
    /// It answered lately.
    case reachable
    /// It does not answer, and why, in plain words without a secret.
    case unreachable(reason: String)
    /// It can be reached, but mappings can't do their work: why, in plain words.
    case impaired(reasons: [String])
  }
}
