/// What must not be set otherwise, since what Sluice promises rests on it.
struct KafkaPropertyRule {
  /// The property, by the name by which this module knows it.
  let name: String
  /// The one value that it may have; nil when it may have none.
  let value: String?
  /// Why.
  let reason: String

  private init(_ name: String, _ value: String?, _ reason: String) {
    self.name = name
    self.value = value
    self.reason = reason
  }

  /// The rule for a property, whichever of its names is given.
  static func rule(for name: String) -> KafkaPropertyRule? {
    let known = KafkaPropertyName.canonical(name)
    return all.first { $0.name == known }
  }

  private static let all = [
    KafkaPropertyRule("group.id", nil, "it is set for each consumer"),
    KafkaPropertyRule("group.instance.id", nil, "it is made of kafka.instance"),
    KafkaPropertyRule("group.protocol", "classic", "members with names come back at once only with that one"),
    KafkaPropertyRule("group.remote.assignor", nil, "it belongs to another group protocol"),
    KafkaPropertyRule(
      "transactional.id", nil, "records are written one by one as they come, and not in transactions"),
    KafkaPropertyRule(
      "delivery.report.only.error", "false", "a publish is acknowledged when its record is reported as written"),
    KafkaPropertyRule("enable.gapless.guarantee", "false", "one record that is refused would end the producer"),
    KafkaPropertyRule("queuing.strategy", "fifo", "records keep their order"),
    KafkaPropertyRule("enable.partition.eof", "false", "the end of a partition would count as an error"),
    KafkaPropertyRule("offset.store.method", "broker", "offsets are Kafka's to keep"),
    KafkaPropertyRule("enabled_events", nil, "Sluice chooses what it is told"),
    KafkaPropertyRule("log.queue", "false", "nothing of the client would be logged"),
    KafkaPropertyRule("internal.termination.signal", "0", "signals are Sluice's own"),
    KafkaPropertyRule("plugin.library.paths", nil, "Sluice runs no code of others"),
    KafkaPropertyRule(
      "test.mock.num.brokers", "0", "records would be acknowledged that no Kafka has (kafka.embedded is for tests)"),
  ]
}
