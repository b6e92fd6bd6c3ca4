internal import CRdKafka

/// Owns one client of the library, and what its callbacks need. The client is destroyed when nobody holds the handle
/// any more, so that no call can meet a client that is gone; topics, queues and owners hold it.
///
/// Every call of the library on the pointer is thread-safe, except where a user of the handle says otherwise.
final class ClientHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  private let context: Unmanaged<ClientContext>
  private let destroyFlags: Int32

  /// Takes the configuration over, also when it throws.
  init(
    _ type: rd_kafka_type_t, conf: OpaquePointer, context: ClientContext, destroyFlags: Int32 = 0
  ) throws(KafkaError) {
    let unmanaged = Unmanaged.passRetained(context)
    rd_kafka_conf_set_opaque(conf, unmanaged.toOpaque())
    rd_kafka_conf_set_log_cb(conf) { client, level, facility, text in
      guard let context = ClientContext.of(client) else { return }
      context.told(level: level, facility: facility, text: text)
    }
    let (client, reason) = withErrorText { rd_kafka_new(type, conf, $0, $1) }
    guard let client else {
      rd_kafka_conf_destroy(conf)
      unmanaged.release()
      throw KafkaError(code: .invalidArgument, reason: "Kafka client: \(reason)")
    }
    pointer = client
    self.context = unmanaged
    self.destroyFlags = destroyFlags
  }

  deinit {
    rd_kafka_destroy_flags(pointer, destroyFlags)
    context.release()
  }

  /// Why connections to brokers failed.
  var failures: BrokerFailures { context.takeUnretainedValue().failures }

  /// Why this client can't go on; nil while it can.
  var fatalError: KafkaError? {
    let (cause, reason) = withErrorText { rd_kafka_fatal_error(pointer, $0, $1) }
    guard cause != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    let code = KafkaErrorCode(cause)
    return KafkaError(
      code: code == .fencedInstanceID ? code : .fatal, reason: reason.isEmpty ? code.description : reason)
  }

  /// Asks any broker for metadata of the topics in use. nil when a broker answered, also when it refused for want of
  /// rights. A client that can't go on says so, whatever brokers answer.
  func probe(timeoutSeconds: Double) -> KafkaError? {
    if let fatalError { return fatalError }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = KafkaErrorCode(rd_kafka_metadata(pointer, 0, nil, &metadata, milliseconds(timeoutSeconds)))
    if let metadata { rd_kafka_metadata_destroy(metadata) }
    if code == .success || code.isAuthorizationRefusal { return nil }
    return KafkaError(code: code, reason: "no Kafka broker answered: \(code)")
  }
}

/// Whole milliseconds of a time-out, never negative (which the library takes for "for ever") and at most a day.
func milliseconds(_ seconds: Double) -> Int32 {
  Int32(max(0, min(seconds.isNaN ? 0 : seconds, 86_400)) * 1000)
}
