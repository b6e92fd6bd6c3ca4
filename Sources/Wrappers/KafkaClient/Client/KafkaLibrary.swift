internal import CRdKafka

/// Apache Kafka for Swift: producer, consumer, administration and an in-process cluster, on librdkafka.
///
/// This module is the only one that knows librdkafka. ``KafkaConfiguration`` holds properties by librdkafka's own
/// names, ``KafkaProducer`` takes records without ever blocking and reports each delivery, ``KafkaConsumer`` reads with
/// one thread that makes all of its calls, ``KafkaAdmin`` asks about topics and makes them, ``EmbeddedKafka`` is a
/// cluster in memory for tests and demonstrations. No pointer and no name of the C library leaves the module.
public enum KafkaLibrary {
  /// The version of the library that runs, for people: "2.0.2".
  public static var version: String { rd_kafka_version_str().map { String(cString: $0) } ?? "unknown" }

  /// Whether SCRAM works against Apache Kafka 3.8.1, 4.0 and later. Versions before 2.6.1 repeat the client's nonce,
  /// which those refuse as if the credentials were wrong (librdkafka pull request 4895, CVE-2024-56128).
  public static var isScramSound: Bool { UInt32(bitPattern: rd_kafka_version()) >= 0x0206_01ff }

  /// Whether a token that a client makes itself can be renewed. Versions before 2.2.0 crash then (of those that were
  /// tried 2.0.2 and 2.1.1 do, 2.2.0 and 2.6.1 don't).
  static var isUnsecuredTokenSound: Bool { UInt32(bitPattern: rd_kafka_version()) >= 0x0202_00ff }
}
