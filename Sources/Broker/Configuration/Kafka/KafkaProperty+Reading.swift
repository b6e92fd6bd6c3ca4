import YAML

extension KafkaProperty {
  /// Properties that hold secrets by their nature.
  private static func isSecret(_ name: String) -> Bool {
    name.contains("password") || name.contains("secret") || ["ssl.key.pem", "sasl.oauthbearer.config"].contains(name)
  }

  /// Properties that name a file which librdkafka opens.
  private static let paths = [
    "ssl.ca.location", "ssl.certificate.location", "ssl.crl.location", "ssl.key.location", "ssl.keystore.location",
    "sasl.kerberos.keytab",
  ]

  /// Reads one property; nil, and an error, if it is wrong.
  init?(_ name: Placed<String>, _ value: Value) {
    self.name = name
    if ["bootstrap.servers", "metadata.broker.list"].contains(name.value) {
      value.problems.error(at: name.place, "\(name.value) is not given here: use kafka.bootstrap_servers")
      return nil
    }
    // A property may be meant to be empty.
    if case .scalar(let scalar) = value.node.content, scalar.text.isEmpty, scalar.style == .quoted {
      self.value = Placed(.text(""), at: value.place)
      return
    }
    guard let text = value.text() else { return nil }
    if Self.isSecret(name.value) || text.hasReference || text.text.hasPrefix("file:") {
      guard let secret = value.secret() else { return nil }
      self.value = Placed(.secret(secret.value), at: value.place)
    } else if Self.paths.contains(name.value), text.text != "probe" {
      guard let path = value.path() else { return nil }
      self.value = Placed(.text(path.value), at: value.place)
    } else {
      self.value = Placed(.text(text.text), at: value.place)
    }
  }
}
