internal import CRdKafka

/// The properties of a Kafka client, by librdkafka's own names. Values are checked when a client is made, or by
/// ``problems()``.
public struct KafkaConfiguration: Sendable, CustomStringConvertible {
  /// One property.
  public struct Property: Sendable {
    /// librdkafka's name, for example `sasl.username`.
    public let name: String
    /// Its value in librdkafka's notation.
    public let value: String

    /// Whether the value must never be printed.
    public var isSecret: Bool {
      let marks = ["password", "secret", "key.pem", "oauthbearer.config", "token"]
      return marks.contains { name.contains($0) }
    }
  }

  /// The properties in the order in which they are set; a later one wins.
  public private(set) var properties: [Property]

  /// Takes properties as they are.
  public init(bootstrapServers: String, properties: [(name: String, value: String)] = []) {
    self.properties =
      [Property(name: "bootstrap.servers", value: bootstrapServers)]
      + properties.map { Property(name: $0.name, value: $0.value) }
  }

  /// The last value given for a property, by whichever of its names, or nil.
  public subscript(name: String) -> String? {
    let known = KafkaPropertyName.canonical(name)
    return properties.last { KafkaPropertyName.canonical($0.name) == known }?.value
  }

  /// This configuration with one property more, unless it names that property already, by whichever of its names.
  public func defaulting(_ name: String, to value: String) -> KafkaConfiguration {
    guard self[name] == nil else { return self }
    var copy = self
    copy.properties.append(Property(name: name, value: value))
    return copy
  }

  /// This configuration with one value more in a property that is a list with commas.
  func adding(_ value: String, toList name: String) -> KafkaConfiguration {
    replacing(name, with: self[name].map { "\($0),\(value)" } ?? value)
  }

  /// This configuration with another value of one property.
  func replacing(_ name: String, with value: String) -> KafkaConfiguration {
    var copy = self
    copy.remove(name)
    copy.properties.append(Property(name: name, value: value))
    return copy
  }

  /// For who subscribes to a pattern: the client is not told of Kafka's internal topics.
  var leavingInternalTopicsOut: KafkaConfiguration {
    adding("^" + KafkaTopicPattern.internalPrefix, toList: "topic.blacklist")
  }

  /// Takes a property out.
  mutating func remove(_ name: String) {
    let known = KafkaPropertyName.canonical(name)
    properties.removeAll { KafkaPropertyName.canonical($0.name) == known }
  }

  /// The properties without secret values.
  public var description: String {
    properties.map { "\($0.name)=\($0.isSecret ? "(secret)" : $0.value)" }.joined(separator: " ")
  }

  /// What an operator should know about these properties with the library that runs, in plain words.
  public var notices: [String] {
    let mechanism = (self["sasl.mechanism"] ?? "").uppercased()
    var notices: [String] = []
    if mechanism.contains("SCRAM"), !KafkaLibrary.isScramSound {
      notices.append(
        "sasl.mechanism is \(mechanism), but librdkafka \(KafkaLibrary.version) can't sign in by SCRAM to Apache "
          + "Kafka 3.8.1, 4.0 or later: they will say that the credentials are wrong. Install librdkafka 2.6.1 or "
          + "later, or use another mechanism.")
    }
    if mechanism == "OAUTHBEARER", isUnsecured, !KafkaLibrary.isUnsecuredTokenSound {
      notices.append(
        "enable.sasl.oauthbearer.unsecure.jwt is set, but librdkafka \(KafkaLibrary.version) crashes, and Sluice with "
          + "it, when such a token is renewed (after an hour, unless lifeSeconds says otherwise). Install librdkafka "
          + "2.2.0 or later, or use another mechanism.")
    }
    return notices
  }

  /// Whether clients make their own tokens, which nobody signs.
  var isUnsecured: Bool {
    ["true", "t", "1"].contains(self["enable.sasl.oauthbearer.unsecure.jwt"]?.lowercased())
  }

  /// What every producer must have: no acknowledged record is lost, doubled or put out of order.
  static let fixedForProducers = [(name: "enable.idempotence", value: "true"), (name: "acks", value: "all")]
  /// What every consumer must have: offsets are stored when records are done, no assignor that 2.0.2 crashes
  /// with, and word of its state.
  static let fixedForConsumers = [
    (name: "enable.auto.commit", value: "true"), (name: "enable.auto.offset.store", value: "false"),
    (name: "partition.assignment.strategy", value: "range,roundrobin"),
    // What a consumer's health is read from.
    (name: "statistics.interval.ms", value: "2000"),
  ]

  /// A library configuration that the caller owns. `fixed` are the properties on which this module's promises rest: to
  /// name one with another value is an error.
  func makeNative(fixed: [(name: String, value: String)]) throws(KafkaError) -> OpaquePointer {
    guard let conf = rd_kafka_conf_new() else {
      throw KafkaError(code: .invalidArgument, reason: "librdkafka gave no configuration: out of memory?")
    }
    do throws(KafkaError) {
      for property in properties {
        try property.check(against: fixed)
        try property.set(on: conf)
      }
      for rule in fixed { try Property(name: rule.name, value: rule.value).set(on: conf) }
    } catch {
      rd_kafka_conf_destroy(conf)
      throw error
    }
    return conf
  }
}

extension KafkaConfiguration.Property {
  /// Throws when a promise rests on another value of this property, whichever of its names is given.
  func check(against fixed: [(name: String, value: String)]) throws(KafkaError) {
    let known = KafkaPropertyName.canonical(name)
    if let rule = fixed.first(where: { KafkaPropertyName.canonical($0.name) == known }), !means(rule.value) {
      throw refusal("must be \(rule.value) here, not \(value): leave it out")
    }
    if known == "auto.commit.interval.ms", means("0") {
      throw refusal("must not be 0 here: no offset would ever be committed")
    }
    guard let rule = KafkaPropertyRule.rule(for: name), !fixed.contains(where: { $0.name == rule.name }) else { return }
    if let value = rule.value {
      guard !means(value) else { return }
      throw refusal("must be \(value) here: \(rule.reason); leave it out")
    }
    throw refusal("can't be set here: \(rule.reason); leave it out")
  }

  private func refusal(_ words: String) -> KafkaError {
    KafkaError(code: .invalidArgument, reason: "Kafka property \(name) \(words)")
  }

  /// Whether the library takes this property's value for the same as another one: `all` is `-1`, `true` is `1`.
  private func means(_ other: String) -> Bool {
    if value == other { return true }
    guard !value.utf8.contains(0), let mine = Self.understood(name, value) else { return false }
    return mine == Self.understood(name, other)
  }

  /// A value as the library writes it.
  private static func understood(_ name: String, _ value: String) -> String? {
    guard let conf = rd_kafka_conf_new() else { return nil }
    defer { rd_kafka_conf_destroy(conf) }
    guard withErrorText({ rd_kafka_conf_set(conf, name, value, $0, $1) }).0 == RD_KAFKA_CONF_OK else { return nil }
    return withErrorText { text, count in
      var size = count
      return rd_kafka_conf_get(conf, name, text, &size) == RD_KAFKA_CONF_OK
    }.1
  }

  func set(on conf: OpaquePointer) throws(KafkaError) {
    // A NUL would silently cut the text in two on its way to C.
    guard !name.utf8.contains(0), !value.utf8.contains(0) else {
      throw KafkaError(code: .invalidArgument, reason: "Kafka property \(name) holds a NUL character")
    }
    let (result, reason) = withErrorText { rd_kafka_conf_set(conf, name, value, $0, $1) }
    guard result != RD_KAFKA_CONF_OK else { return }
    // The library's reason may quote the value.
    let why = isSecret ? "its value was refused" : reason
    throw KafkaError(code: .invalidArgument, reason: "Kafka property \(name): \(why)")
  }
}

/// Calls with a buffer for the library's error text, and returns the text with the result.
func withErrorText<Result>(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> (Result, String) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
    text.initialize(repeating: 0)
    let result = body(text.baseAddress, text.count)
    return (result, text.baseAddress.map { String(cString: $0) } ?? "")
  }
}
