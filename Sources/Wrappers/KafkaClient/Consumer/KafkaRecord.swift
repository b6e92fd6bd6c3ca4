internal import CRdKafka

/// One record, borrowed: its pointers are valid only during the call that got it. Key, value, header names and header
/// values are bytes from outside, of any content.
public struct KafkaRecord: ~Copyable {
  private let message: UnsafeMutablePointer<rd_kafka_message_t>

  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) { self.message = message }

  /// The topic's name, NUL-terminated ASCII in the client's memory; makes a `String`, so ask once a partition.
  public var topic: String { rd_kafka_topic_name(message.pointee.rkt).map { String(cString: $0) } ?? "" }

  /// Differs between topics that the consumer reads at one time: a cheap key for what is kept for a topic.
  public var topicIdentity: Int { Int(bitPattern: message.pointee.rkt) }

  /// The partition's number.
  public var partition: Int32 { message.pointee.partition }

  /// The record's offset in its partition.
  public var offset: Int64 { message.pointee.offset }

  /// The key, or nil for null.
  public var key: UnsafeRawBufferPointer? {
    guard let key = message.pointee.key else { return nil }
    return UnsafeRawBufferPointer(start: key, count: message.pointee.key_len)
  }

  /// The value, or nil for null: a tombstone.
  public var value: UnsafeRawBufferPointer? {
    guard let value = message.pointee.payload else { return nil }
    return UnsafeRawBufferPointer(start: value, count: message.pointee.len)
  }

  /// Calls with each header's name and value (nil for null) in their order, until `body` returns false. A name ends at
  /// its first NUL.
  public borrowing func forEachHeader(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Bool
  ) {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let start = name {
      let nameBytes = UnsafeRawBufferPointer(start: start, count: KafkaRecord.length(start))
      guard body(nameBytes, value.map { UnsafeRawBufferPointer(start: $0, count: size) }) else { return }
      index += 1
    }
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }
}
