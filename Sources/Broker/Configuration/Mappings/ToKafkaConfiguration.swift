/// A mapping from MQTT to Kafka.
public struct ToKafkaConfiguration: Sendable {
  /// When the publisher is told that its message is safe.
  public enum Acknowledge: String, Sendable, CaseIterable {
    /// When all in-sync replicas have the record.
    case kafka
    /// When it is in the local journal.
    case journal
    /// At once: no promise.
    case receipt
  }

  /// What a publisher of MQTT 3.x gets for a message that can never be written to Kafka.
  public enum PermanentRefusal3x: String, Sendable, CaseIterable {
    /// Its connection ends, three times in a row for the same message; then it is acknowledged.
    case disconnect
    /// It is acknowledged at once.
    case acknowledge
  }

  /// What Sluice adds to a record's headers by itself.
  public enum HeaderSet: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// What is present and not the default.
    case standard
    /// Everything.
    case all
  }

  /// One header of the mapping's own.
  public struct Header: Sendable {
    /// The header's name.
    public let name: Placed<String>
    /// The template of its value.
    public let value: Placed<String>
  }

  /// Where the mapping begins.
  public let place: SourcePlace
  /// `name`: unique among all mappings; for logs and metrics.
  public let name: Placed<String>
  /// `filter`: an MQTT topic filter with captures.
  public let filter: Placed<String>
  /// `topic`: the template of the Kafka topic.
  public let topic: Placed<String>
  /// `key`: the template of the record's key; nil for records without one.
  public let key: Placed<String>?
  /// `headers`: in the order of the file.
  public let headers: [Header]
  /// `header_set`: standard by default.
  public let headerSet: HeaderSet
  /// `acknowledge`: kafka by default. Placed at the mapping's name where it is not given.
  public let acknowledge: Placed<Acknowledge>
  /// `permanent_refusal_3x`: disconnect by default.
  public let permanentRefusal3x: PermanentRefusal3x
}
