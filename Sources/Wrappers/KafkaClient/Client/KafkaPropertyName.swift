/// The names of librdkafka's properties: several of them mean one property, and some mean none in this version.
enum KafkaPropertyName {
  /// Other names, and the one by which this module knows the property. (`auto.commit.enable` is that of another kind of
  /// consumer, which means the same by it.)
  private static let aliases = [
    "metadata.broker.list": "bootstrap.servers", "max.in.flight.requests.per.connection": "max.in.flight",
    "sasl.mechanisms": "sasl.mechanism", "max.partition.fetch.bytes": "fetch.message.max.bytes",
    "queue.buffering.max.ms": "linger.ms", "message.send.max.retries": "retries",
    "compression.codec": "compression.type", "request.required.acks": "acks",
    "delivery.timeout.ms": "message.timeout.ms", "auto.commit.enable": "enable.auto.commit",
    "sasl.oauthbearer.client.credentials.client.id": "sasl.oauthbearer.client.id",
    "sasl.oauthbearer.client.credentials.client.secret": "sasl.oauthbearer.client.secret",
  ]

  /// What came after 2.0.2, the oldest version that Sluice runs with: in an older library they are no misspellings.
  private static let later: Set<String> = [
    "client.dns.lookup", "enable.metrics.push", "fetch.queue.backoff.ms", "group.protocol", "group.remote.assignor",
    "https.ca.location", "https.ca.pem", "max.poll.records", "metadata.recovery.rebootstrap.trigger.ms",
    "metadata.recovery.strategy", "retry.backoff.max.ms", "sasl.oauthbearer.grant.type",
    "sasl.oauthbearer.metadata.authentication.type", "sasl.oauthbearer.sub.claim.name", "share.acknowledgement.mode",
  ]
  private static let laterPrefixes = ["sasl.oauthbearer.assertion.", "sasl.oauthbearer.client.credentials."]

  /// The name by which this module knows the property that `name` means.
  static func canonical(_ name: String) -> String { aliases[name] ?? name }

  /// All names of the property that `name` means, this one among them.
  static func spellings(of name: String) -> [String] {
    let known = canonical(name)
    return [known] + aliases.filter { $0.value == known }.map(\.key)
  }

  /// Whether a property of this name is in versions of librdkafka that are later than 2.0.2.
  static func isLater(_ name: String) -> Bool {
    later.contains(name) || laterPrefixes.contains { name.hasPrefix($0) }
  }
}
