public import KafkaClient

extension KafkaBridge {
  /// What is wrong with the properties of the clients that a bridge would make; empty when it can make them. Nothing is
  /// started or reached.
  public static func problems(with configuration: KafkaBridgeConfiguration) -> [KafkaConfigurationProblem] {
    producerProperties(configuration).problems()
  }

  /// The properties of its producer: those of the configuration, and what the bridge's bounds ask for.
  static func producerProperties(_ configuration: KafkaBridgeConfiguration) -> KafkaConfiguration {
    let limits = configuration.limits
    // The library's limits stand beyond ours, so that ours are met first; it counts payload bytes only, in whole KiB.
    return configuration.kafka.defaulting("message.timeout.ms", to: "0")
      .defaulting("queue.buffering.max.messages", to: String(limits.queuedRecordsMax * 2))
      .defaulting("queue.buffering.max.kbytes", to: String(max(1, limits.queuedBytesMax / 512)))
  }
}
