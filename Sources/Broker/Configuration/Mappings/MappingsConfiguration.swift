/// The mappings file: which messages go to Kafka, and which records come back. Filters and templates are texts with
/// their places; the bridge gives them their meaning.
public struct MappingsConfiguration: Sendable {
  /// The file, as the path by which it was opened; it may not exist if there is no `kafka` section.
  public let file: String
  /// `to_kafka`: in the order of the file.
  public let toKafka: [ToKafkaConfiguration]
  /// `from_kafka`: in the order of the file. No name stands twice in both lists together.
  public let fromKafka: [FromKafkaConfiguration]
}
