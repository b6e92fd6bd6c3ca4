/// One way from MQTT topics to a Kafka topic, as configured. Nothing is checked before ``KafkaBridge/check(_:)``.
///
/// Templates may name the filter's captures, `{client}`, `{user}` and `{certificate}` (who published), `{topic}` (the
/// MQTT topic) and `{qos}`.
public struct ToKafkaMapping: Sendable {
  /// When the publisher is told that its message is safe.
  public enum Acknowledge: String, Sendable, CaseIterable {
    /// When all in-sync replicas have the record.
    case kafka
    /// When the record is fsynced in the local journal. Refused until there is one.
    case journal
    /// At once: no promise.
    case receipt
  }

  /// What a publisher of MQTT 3.x, which can be told no reason, gets for a message that can never be written to Kafka.
  /// Publishers of 5.0 are told 0x83.
  public enum PermanentRefusal3x: String, Sendable, CaseIterable {
    /// Its connection ends, three times in a row for the same message; then it is acknowledged.
    case disconnect
    /// It is acknowledged at once.
    case acknowledge
  }

  /// Which headers a record gets besides the mapping's own. Each costs about 0.25 us of CPU; what is absent is not
  /// written.
  public enum HeaderSet: String, Sendable, CaseIterable {
    /// No other.
    case none
    /// `mqtt.topic`, `mqtt.client`, and what an MQTT 5.0 publisher says of its payload: `mqtt.content-type`,
    /// `mqtt.response-topic`, `mqtt.correlation-data`, and its user properties under their own names.
    case standard
    /// The standard ones and `mqtt.user`, `mqtt.certificate`, `mqtt.qos` (1 or 2), `mqtt.retain` (1),
    /// `mqtt.payload-format` (1), `mqtt.expiry-seconds`.
    case all
  }

  /// One header of the mapping's own.
  public struct Header: Sendable {
    /// The header's name.
    public var name: String
    /// The template of its value.
    public var template: String

    /// Pairs a name with a template.
    public init(name: String, template: String) {
      self.name = name
      self.template = template
    }
  }

  /// Names the mapping in logs and metrics.
  public var name: String
  /// Which MQTT topics: a topic filter in which `{name}` is a `+` that is captured and `{name...}` a `#` that is
  /// captured.
  public var filter: String
  /// Template of the Kafka topic.
  public var topic: String
  /// Template of the record's key. The default is the client id, so that one device's records go to one partition and
  /// stay in order. An empty template writes no key: the records spread over all partitions, in no order.
  public var key: String
  /// The mapping's own headers.
  public var headers: [Header]
  /// Which others are written.
  public var headerSet: HeaderSet
  /// When the publisher is told.
  public var acknowledge: Acknowledge
  /// What a 3.x publisher gets when it can never be.
  public var permanentRefusal3x: PermanentRefusal3x

  /// Describes a mapping.
  public init(
    name: String, filter: String, topic: String, key: String = "{client}", headers: [Header] = [],
    headerSet: HeaderSet = .standard, acknowledge: Acknowledge = .kafka,
    permanentRefusal3x: PermanentRefusal3x = .disconnect
  ) {
    self.name = name
    self.filter = filter
    self.topic = topic
    self.key = key
    self.headers = headers
    self.headerSet = headerSet
    self.acknowledge = acknowledge
    self.permanentRefusal3x = permanentRefusal3x
  }
}
