internal import CRdKafka

/// A copy of a record that came while no client took any. It owns its headers until they are taken.
final class HeldRecord: @unchecked Sendable {
  let topic: KafkaTopic
  let key: [UInt8]?
  let value: [UInt8]?
  private var headers: OpaquePointer?
  let opaque: UInt64
  /// What it is counted as while it waits.
  let bytes: Int

  /// Copies key and value, and takes the headers over.
  init(topic: KafkaTopic, record: crdkafka_record, bytes: Int) {
    self.topic = topic
    key = record.key.map { Array(UnsafeRawBufferPointer(start: $0, count: record.key_size)) }
    value = record.value.map { Array(UnsafeRawBufferPointer(start: $0, count: record.value_size)) }
    headers = record.headers
    opaque = UInt64(UInt(record.opaque))
    self.bytes = bytes
  }

  deinit { if let headers { rd_kafka_headers_destroy(headers) } }

  /// Hands it to a client; the headers go along.
  func produce(to client: OpaquePointer) -> KafkaErrorCode {
    var record = crdkafka_record()
    record.topic = topic.pointer
    record.opaque = UInt(truncatingIfNeeded: opaque)
    let taken = headers
    headers = nil
    record.headers = taken
    let error = (key ?? []).withUnsafeBytes { keyBytes in
      (value ?? []).withUnsafeBytes { valueBytes in
        if key != nil { (record.key, record.key_size) = (keyBytes.baseAddress ?? emptyBytes, keyBytes.count) }
        if value != nil { (record.value, record.value_size) = (valueBytes.baseAddress ?? emptyBytes, valueBytes.count) }
        return crdkafka_produce(client, &record)
      }
    }
    if error != RD_KAFKA_RESP_ERR_NO_ERROR { headers = taken }
    return KafkaErrorCode(error)
  }
}
