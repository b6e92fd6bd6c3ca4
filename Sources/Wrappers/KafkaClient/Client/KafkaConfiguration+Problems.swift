internal import CRdKafka
import Glibc

extension KafkaConfiguration {
  /// All that librdkafka and this module refuse in these properties, one problem for each property; empty when clients
  /// can be made with them.
  ///
  /// Once each property is right by itself, a producer and a consumer are made, as they are for work, and ended: there
  /// librdkafka reads certificates and keys, and sees what does not go together. They know no server, no Kerberos
  /// program and no token server, so they reach and run nothing. Takes some milliseconds.
  public func problems() -> [KafkaConfigurationProblem] {
    guard let conf = rd_kafka_conf_new() else {
      return [KafkaConfigurationProblem(nil, "librdkafka gave no configuration: out of memory?")]
    }
    defer { rd_kafka_conf_destroy(conf) }
    var problems: [KafkaConfigurationProblem] = []
    var given: [String: String] = [:]
    for property in properties {
      let other = given.updateValue(property.name, forKey: KafkaPropertyName.canonical(property.name))
      if let other, other != property.name {
        problems.append(
          KafkaConfigurationProblem(
            property.name,
            "Kafka property \(property.name) is another name of \(other), which is given too: leave one out"))
      } else if let problem = property.problem(on: conf) {
        problems.append(problem)
      }
    }
    guard problems.isEmpty else { return problems }
    if let problem = tokenProblem { return [problem] }
    let unreadable = unreadableFiles()
    return unreadable.isEmpty ? problemTogether().map { [$0] } ?? [] : unreadable
  }

  /// librdkafka would wait for tokens that nobody gives it.
  private var tokenProblem: KafkaConfigurationProblem? {
    guard self["security.protocol"]?.lowercased().hasPrefix("sasl") == true,
      self["sasl.mechanism"]?.uppercased() == "OAUTHBEARER", !isUnsecured,
      self["sasl.oauthbearer.method"]?.lowercased() != "oidc"
    else { return nil }
    return KafkaConfigurationProblem(
      properties.last { KafkaPropertyName.canonical($0.name) == "sasl.mechanism" }?.name,
      "sasl.mechanism OAUTHBEARER needs a source of tokens: set sasl.oauthbearer.method to oidc, with client id, secret"
        + " and token endpoint, if librdkafka was built with it (or, for tests, enable.sasl.oauthbearer.unsecure.jwt)")
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
    let places = properties.flatMap { property in
      KafkaPropertyName.spellings(of: property.name).compactMap { name in
        text.firstRange(of: name).map {
          (property.name, text.distance(from: text.startIndex, to: $0.lowerBound), name.utf8.count)
        }
      }
    }
    return places.min { ($0.1, -$0.2) < ($1.1, -$1.2) }?.0
  }

  /// What is wrong with a producer or a consumer of these properties.
  private func problemTogether() -> KafkaConfigurationProblem? {
    var alone = self
    alone.remove("bootstrap.servers")
    if let security = self["security.protocol"], security.lowercased().hasPrefix("sasl") {
      // 0 keeps librdkafka from running the program that fetches a Kerberos ticket.
      alone.remove("sasl.kerberos.min.time.before.relogin")
      alone = alone.defaulting("sasl.kerberos.min.time.before.relogin", to: "0")
      if self["sasl.oauthbearer.token.endpoint.url"] != nil {
        // A port on which nobody listens: it would be asked for a token at once.
        alone.remove("sasl.oauthbearer.token.endpoint.url")
        alone = alone.defaulting("sasl.oauthbearer.token.endpoint.url", to: "http://127.0.0.1:1/")
      }
    }
    do throws(KafkaError) {
      let producer = try KafkaProducer.native(alone)
      if let problem = alone.problem(RD_KAFKA_PRODUCER, producer) { return problem }
      let consumer = try ConsumerSupervisor.native(alone, KafkaMembership(group: "check", instance: "check"))
      return alone.problem(RD_KAFKA_CONSUMER, consumer)
    } catch {
      return KafkaConfigurationProblem(nil, error.reason)
    }
  }

  /// Why no client can be made of a configuration, which it takes over.
  private func problem(_ type: rd_kafka_type_t, _ conf: OpaquePointer) -> KafkaConfigurationProblem? {
    rd_kafka_conf_set_log_cb(conf) { _, _, _, _ in }
    let (client, reason) = withErrorText { rd_kafka_new(type, conf, $0, $1) }
    guard let client else {
      // Only a client that was made owns the configuration.
      rd_kafka_conf_destroy(conf)
      let kind = type == RD_KAFKA_PRODUCER ? "producer" : "consumer"
      return KafkaConfigurationProblem(
        firstName(in: reason), "librdkafka makes no \(kind) with these properties: \(reason)")
    }
    rd_kafka_destroy_flags(client, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
    return nil
  }
}

extension KafkaConfiguration.Property {
  fileprivate func problem(on conf: OpaquePointer) -> KafkaConfigurationProblem? {
    do throws(KafkaError) {
      try check(against: KafkaConfiguration.fixedForProducers + KafkaConfiguration.fixedForConsumers)
    } catch { return KafkaConfigurationProblem(name, error.reason) }
    do throws(KafkaError) {
      try set(on: conf)
      return nil
    } catch {
      let isUnknown =
        !name.utf8.contains(0)
        && withErrorText { rd_kafka_conf_set(conf, name, value, $0, $1) }.0 == RD_KAFKA_CONF_UNKNOWN
      guard isUnknown else { return KafkaConfigurationProblem(name, error.reason) }
      if KafkaPropertyName.isLater(name) {
        return KafkaConfigurationProblem(
          name, "librdkafka \(KafkaLibrary.version), which runs here, has no property \(name) yet; later versions have")
      }
      return KafkaConfigurationProblem(name, "there is no Kafka property \"\(name)\"", isUnknownName: true)
    }
  }
}
