internal import CRdKafka

/// A topic as one producer knows it: made once, then used for each record without a look-up. Any thread may use it.
public final class KafkaTopic: @unchecked Sendable {
  /// The topic's name.
  public let name: String
  // Both change only while nobody hands a record over (`ProducerCore.replaceClient`).
  @exclusivity(unchecked) private(set) var pointer: OpaquePointer
  // Keeps the client alive until the topic is given back: the order that the library demands.
  @exclusivity(unchecked) private var client: ClientHandle

  init(name: String, client: ClientHandle) throws(KafkaError) {
    pointer = try KafkaTopic.make(name, client)
    self.name = name
    self.client = client
  }

  /// Goes over to another client. Only while nobody uses the topic.
  func move(to other: ClientHandle) throws(KafkaError) {
    let made = try KafkaTopic.make(name, other)
    rd_kafka_topic_destroy(pointer)
    pointer = made
    client = other
  }

  private static func make(_ name: String, _ client: ClientHandle) throws(KafkaError) -> OpaquePointer {
    guard KafkaTopic.isLegal(name: name) else {
      throw KafkaError(code: .invalidArgument, reason: KafkaTopic.explainIllegal(name: name))
    }
    guard let pointer = rd_kafka_topic_new(client.pointer, name, nil) else {
      throw KafkaError(
        code: KafkaErrorCode(rd_kafka_last_error()), reason: "topic \(name): \(KafkaErrorCode(rd_kafka_last_error()))")
    }
    return pointer
  }

  deinit { rd_kafka_topic_destroy(pointer) }

  /// Most bytes in a topic's name (Apache Kafka, org.apache.kafka.common.internals.Topic).
  public static let nameBytesMax = 249

  /// Whether Kafka allows the name: 1 to 249 characters of a-z, A-Z, 0-9, `.`, `_` and `-`, and neither `.` nor `..`.
  public static func isLegal(name: some Collection<UInt8>) -> Bool {
    guard (1...nameBytesMax).contains(name.count) else { return false }
    let isAllowed = name.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isAllowed && !name.elementsEqual([UInt8(ascii: ".")])
      && !name.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")])
  }

  /// Whether Kafka allows the name.
  public static func isLegal(name: String) -> Bool { isLegal(name: name.utf8) }

  static func explainIllegal(name: String) -> String {
    "\"\(name)\" can't be the name of a Kafka topic: 1 to \(nameBytesMax) of a-z A-Z 0-9 . _ - are allowed"
  }
}
