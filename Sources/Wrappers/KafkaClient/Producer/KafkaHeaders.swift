internal import CRdKafka
internal import Glibc

/// The headers of one record while it is made. Each header is one allocation of the library; this type adds none.
/// A value with one owner: a producer consumes it, or it frees itself.
public struct KafkaHeaders: ~Copyable {
  /// What each header is counted as beside its own bytes: about what the library keeps for it.
  public static let overheadBytes = 64

  private let list: OpaquePointer
  /// Bytes of all names and values, and ``overheadBytes`` for each: what a producer counts for them while they wait.
  public private(set) var bytes = 0

  /// Makes an empty list with room for `capacity` headers; it grows beyond.
  public init(capacity: Int) {
    // It returns NULL only when memory is out, where the allocator of Swift traps as well.
    list = rd_kafka_headers_new(capacity).unsafelyUnwrapped
  }

  deinit { rd_kafka_headers_destroy(list) }

  /// Appends one header, copying both parts; the order is kept and a name may come twice. A nil value is Kafka's null.
  public mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?) {
    // The library takes a length of -1 for "NUL-terminated", so an empty name needs a pointer of its own.
    let nameStart = name.baseAddress ?? emptyBytes
    rd_kafka_header_add(
      list, nameStart.assumingMemoryBound(to: CChar.self), name.count, value.map { $0.baseAddress ?? emptyBytes },
      value?.count ?? 0)
    let nul = memchr(nameStart, 0, name.count)
    let nameCount = nul.map { UnsafeRawPointer($0) - nameStart } ?? name.count
    bytes += KafkaHeaders.overheadBytes + nameCount + (value?.count ?? 0)
  }

  /// ``bytes`` of the headers that a record has.
  static func bytes(of message: UnsafePointer<rd_kafka_message_t>) -> Int {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return 0 }
    var bytes = 0
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let start = name {
      bytes += overheadBytes + strlen(start) + size
      index += 1
    }
    return bytes
  }

  /// Hands the list over: whoever calls it frees it.
  consuming func take() -> OpaquePointer {
    let list = list
    discard self
    return list
  }
}

/// Where empty, but not null, runs of bytes point.
nonisolated(unsafe) let emptyBytes: UnsafeRawPointer = {
  let byte = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
  byte.storeBytes(of: 0, as: UInt8.self)
  return UnsafeRawPointer(byte)
}()
