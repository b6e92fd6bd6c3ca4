import YAML

extension KafkaConfiguration {
  /// Reads the `kafka` section; nil, and an error, if it does not say where Kafka is.
  init?(_ section: Section) {
    let isEmbedded = section.optional("embedded")?.bool()?.value ?? false
    let servers = section.optional("bootstrap_servers")
    let topics = section.optional("topics")
    let instance = section.optional("instance")?.instanceName()
    hopsMax = section.optional("hops_max")?.number(.count, in: 1...100)?.value
    properties =
      section.optional("properties")?.entries()?.compactMap { KafkaProperty($0.name, $0.value) } ?? []
    if servers == nil, !isEmbedded {
      let message = "missing key \"bootstrap_servers\" in kafka (or embedded: true, for a Kafka in memory)"
      section.reportMissing(["bootstrap_servers", "embedded"], message)
    }
    section.finish()
    place = section.place
    self.instance = instance?.value ?? "sluice"
    if isEmbedded {
      if let servers {
        servers.report("bootstrap_servers: the embedded Kafka has its own: remove this, or embedded: true")
      }
      cluster = .embedded(topics: topics?.embeddedTopics() ?? [])
      return
    }
    if let topics {
      topics.report(
        "topics: only the embedded Kafka's topics are made here: set embedded: true, or make them with Kafka's tools")
    }
    guard let addresses = servers?.servers(), !addresses.isEmpty else { return nil }
    cluster = .external(bootstrapServers: addresses)
  }
}

extension Value {
  /// `[a:9092, b:9092]` or `"a:9092,b:9092"`.
  fileprivate func servers() -> [Placed<String>] {
    if case .scalar = node.content {
      guard let text = text(expected: "a list of host:port") else { return [] }
      let parts = text.text.split(separator: ",", omittingEmptySubsequences: false)
      // A part that came from a variable is not shown.
      return parts.compactMap { server(trim($0), shown: text.hasReference ? text.written : trim($0), at: self) }
    }
    guard let entries = list(expected: "a list of host:port") else { return [] }
    if entries.isEmpty { report("\(key): the list is empty: write at least one host:port") }
    return entries.compactMap { entry in
      entry.text(expected: "host:port").flatMap { server($0.text, shown: $0.written, at: entry) }
    }
  }

  private func trim(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private func server(_ text: String, shown: String, at value: Value) -> Placed<String>? {
    let colon = text.lastIndex(of: ":")
    let port = colon.flatMap { UInt16(text[text.index(after: $0)...]) } ?? 0
    let host = colon.map { text[..<$0] } ?? ""
    let isBracketed = host.first == "[" && host.last == "]"
    guard port > 0, !host.isEmpty, isBracketed || !host.contains(":"), !host.contains("/"), !host.contains(" ") else {
      let meant = text == shown && !text.isEmpty && !text.contains(where: { ": /".contains($0) }) ? "\(text):9092" : nil
      value.report("\(key): \(YAMLError.quoted(shown)) is not a host with a port, such as kafka-1:9092", meant: meant)
      return nil
    }
    return Placed(text, at: value.place)
  }

  /// `{telemetry: 4}`.
  fileprivate func embeddedTopics() -> [KafkaConfiguration.EmbeddedTopic] {
    (entries() ?? []).compactMap { name, value in
      guard name.value.isKafkaName(bytesMax: 249), name.value != ".", name.value != ".." else {
        value.problems.error(
          at: name.place,
          "\(YAMLError.quoted(name.value)) is no name for a Kafka topic:"
            + " 1 to 249 letters, digits, \".\", \"_\" and \"-\""
        )
        return nil
      }
      return value.number(.count, in: 1...128).map { .init(name: name, partitions: $0.value) }
    }
  }

  fileprivate func instanceName() -> Placed<String>? {
    guard let text = text() else { return nil }
    if text.text.isKafkaName(bytesMax: 64) { return Placed(text.text, at: place) }
    report("\(key): \(YAMLError.quoted(text.written)) is not a name of 1 to 64 letters, digits, \".\", \"_\" and \"-\"")
    return nil
  }
}

extension String {
  /// Whether it is made of what Kafka takes in names.
  fileprivate func isKafkaName(bytesMax: Int) -> Bool {
    (1...bytesMax).contains(utf8.count)
      && utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || [0x2D, 0x2E, 0x5F].contains($0)
      }
  }
}
