internal import Synchronization

/// What all shards share: each part with a lock of its own (see ARCHITECTURE.md).
public final class BrokerState: Sendable {
  /// Bounds.
  public let limits: Limits
  /// What MQTT leaves to the server.
  public let choices: ProtocolChoices
  /// Who has which client identifier.
  public let registry: SessionRegistry
  /// Who subscribes to what.
  public let subscriptions = SubscriptionIndex()
  /// The last message of each topic that has one.
  public let retained: RetainedStore
  /// What clients of MQTT 3.x sent that can never be forwarded.
  let refusedMessages = Mutex(RefusedMessages())
  /// Slow subscribers that left.
  let recentlySlow = Mutex(RecentlySlow())
  /// The way to Kafka, or nil without a bridge.
  public let outlet: (any Outlet)?
  /// Where log lines go.
  public let log: any Log

  /// An empty broker.
  public init(
    limits: Limits, choices: ProtocolChoices = ProtocolChoices(), outlet: (any Outlet)?, log: any Log
  ) {
    self.limits = limits
    self.choices = choices
    self.outlet = outlet
    self.log = log
    registry = SessionRegistry(sessionsMax: limits.sessionsMax)
    retained = RetainedStore(limits: limits)
  }
}
