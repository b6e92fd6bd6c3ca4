internal import CRdKafka

/// Records as they lie in the client's memory, for the time of one call.
public struct KafkaRecordBatch: ~Copyable {
  private let messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>

  init(_ messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>) { self.messages = messages }

  /// At least 1.
  public var count: Int { messages.count }

  /// Calls with each record in order.
  public borrowing func forEach(_ body: (borrowing KafkaRecord) -> Void) {
    for message in messages {
      if let message { body(KafkaRecord(message)) }
    }
  }
}
