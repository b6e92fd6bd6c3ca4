internal import CRdKafka
import Glibc

extension KafkaConfiguration {
  /// All that librdkafka and this module refuse in these properties, one problem for each property; empty when clients
  /// can be made with them.
  ///
  /// Once each property is right by itself a client is made and ended, which is where librdkafka reads certificates and
  /// keys, and sees what does not go together. That client knows no server and no SASL, so it reaches and runs nothing.
  /// Takes some milliseconds.
  public func problems() -> [KafkaConfigurationProblem] {
    guard let conf = rd_kafka_conf_new() else {
      return [KafkaConfigurationProblem(nil, "librdkafka gave no configuration: out of memory?")]
    }
    defer { rd_kafka_conf_destroy(conf) }
    var problems: [KafkaConfigurationProblem] = []
    for property in properties {
      if let problem = property.problem(on: conf) { problems.append(problem) }
    }
    guard problems.isEmpty else { return problems }
    let unreadable = unreadableFiles()
    return unreadable.isEmpty ? problemTogether().map { [$0] } ?? [] : unreadable
  }

  /// The names of librdkafka's properties, for finding what was probably meant by one that it does not have.
  public static var knownNames: [String] {
    guard let conf = rd_kafka_conf_new() else { return [] }
    defer { rd_kafka_conf_destroy(conf) }
    var count = 0
    guard let words = rd_kafka_conf_dump(conf, &count) else { return [] }
    defer { rd_kafka_conf_dump_free(words, count) }
    // Names and values by turns.
    let dumped = stride(from: 0, to: count, by: 2).compactMap { words[$0].map { String(cString: $0) } }
    return dumped + namesNotDumped
  }

  /// What librdkafka does not list: properties without a value by default, of topics, and other names for one.
  private static let namesNotDumped = [
    "linger.ms", "max.in.flight", "sasl.mechanism", "message.send.max.retries", "retries",
    "sasl.username", "sasl.password", "sasl.kerberos.keytab", "sasl.oauthbearer.config", "ssl.ca.location",
    "ssl.ca.pem", "ssl.certificate.location", "ssl.certificate.pem", "ssl.cipher.suites", "ssl.crl.location",
    "ssl.key.location", "ssl.key.password", "ssl.key.pem", "ssl.keystore.location", "ssl.keystore.password",
    "acks", "request.required.acks", "request.timeout.ms", "message.timeout.ms", "delivery.timeout.ms", "partitioner",
    "compression.type", "compression.codec", "compression.level", "auto.offset.reset",
  ]

  /// librdkafka's own words about a file that is not there name neither the file nor the reason.
  private func unreadableFiles() -> [KafkaConfigurationProblem] {
    guard let security = self["security.protocol"], security.lowercased().hasSuffix("ssl") else { return [] }
    let files = ["ca", "certificate", "crl", "key", "keystore"].map { "ssl.\($0).location" }
    return properties.compactMap { property in
      // "probe" and an empty value let OpenSSL look where the system keeps authorities.
      guard files.contains(property.name), !["", "probe"].contains(property.value),
        access(property.value, R_OK) != 0
      else { return nil }
      return KafkaConfigurationProblem(
        property.name, "Kafka property \(property.name): \(property.value): \(String(cString: strerror(errno)))")
    }
  }

  /// The property that a text names first; of two that begin at one place the longer one.
  private func firstName(in text: String) -> String? {
    let places = properties.compactMap { property in
      text.firstRange(of: property.name).map {
        (property.name, text.distance(from: text.startIndex, to: $0.lowerBound))
      }
    }
    return places.min { ($0.1, -$0.0.utf8.count) < ($1.1, -$1.0.utf8.count) }?.0
  }

  private func problemTogether() -> KafkaConfigurationProblem? {
    var alone = self
    alone.remove("bootstrap.servers")
    alone.remove("metadata.broker.list")
    // Without SASL: its mechanisms run programs and ask servers.
    if let security = alone["security.protocol"] {
      alone.remove("security.protocol")
      alone = alone.defaulting("security.protocol", to: security.lowercased().hasSuffix("ssl") ? "ssl" : "plaintext")
    }
    do throws(KafkaError) {
      let conf = try alone.makeNative(fixed: Self.fixedForProducers)
      rd_kafka_conf_set_log_cb(conf) { _, _, _, _ in }
      let (client, reason) = withErrorText { rd_kafka_new(RD_KAFKA_PRODUCER, conf, $0, $1) }
      guard let client else {
        // Only a client that was made owns the configuration.
        rd_kafka_conf_destroy(conf)
        let named = alone.firstName(in: reason)
        return KafkaConfigurationProblem(named, "librdkafka makes no client with these properties: \(reason)")
      }
      rd_kafka_destroy(client)
      return nil
    } catch {
      return KafkaConfigurationProblem(nil, error.reason)
    }
  }
}

extension KafkaConfiguration.Property {
  fileprivate func problem(on conf: OpaquePointer) -> KafkaConfigurationProblem? {
    if name == "group.id" {
      return KafkaConfigurationProblem(name, "Kafka property group.id is set for each consumer: leave it out here")
    }
    if name == "group.instance.id" {
      return KafkaConfigurationProblem(
        name, "Kafka property group.instance.id is made of kafka.instance: leave it out here")
    }
    do throws(KafkaError) {
      try check(against: KafkaConfiguration.fixedForProducers + KafkaConfiguration.fixedForConsumers)
      try set(on: conf)
      return nil
    } catch {
      let isUnknown =
        !name.utf8.contains(0)
        && withErrorText { rd_kafka_conf_set(conf, name, value, $0, $1) }.0 == RD_KAFKA_CONF_UNKNOWN
      return KafkaConfigurationProblem(
        name, isUnknown ? "there is no Kafka property \"\(name)\"" : error.reason, isUnknownName: isUnknown)
    }
  }
}
