internal import CRdKafka

/// What the library's callbacks find through their opaque pointer.
final class ClientContext: Sendable {
  /// Takes log lines.
  let log: KafkaLogHandler
  /// What they say of connections that failed.
  let failures = BrokerFailures()
  /// Takes assignments and revocations of a consumer; nil for other clients. Called on the consumer's thread.
  let rebalance:
    (@Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void)?

  /// Takes a consumer's statistics, on the consumer's thread; nil for other clients.
  let observe: (@Sendable (KafkaConsumerStatistics) -> Void)?

  /// Takes a consumer's offsets at which Kafka has nothing, on the library's threads; nil for other clients.
  let reset: (@Sendable (OffsetReset) -> Void)?

  /// Takes the outcome of a consumer's commits, on the consumer's thread; nil for other clients.
  let committed: (@Sendable (KafkaErrorCode) -> Void)?

  init(
    log: @escaping KafkaLogHandler,
    rebalance: (
      @Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void
    )? = nil,
    observe: (@Sendable (KafkaConsumerStatistics) -> Void)? = nil, reset: (@Sendable (OffsetReset) -> Void)? = nil,
    committed: (@Sendable (KafkaErrorCode) -> Void)? = nil
  ) {
    self.log = log
    self.rebalance = rebalance
    self.observe = observe
    self.reset = reset
    self.committed = committed
  }

  static func of(_ client: OpaquePointer?) -> ClientContext? {
    guard let client, let opaque = rd_kafka_opaque(client) else { return nil }
    return Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
  }

  func told(level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?) {
    let text = text.map { String(cString: $0) } ?? ""
    let facility = facility.map { String(cString: $0) } ?? ""
    if facility == "FAIL" { failures.take(text) }
    if facility == "OFFSET", let found = OffsetReset(text) { reset?(found) }
    // One set of properties serves producers and consumers alike: that each ignores the other's is no news.
    let isOtherRole = text.contains("is a producer property") || text.contains("is a consumer property")
    let level: KafkaLogLine.Level =
      switch level {
      case ...3: .error
      case 4: isOtherRole ? .debug : .warning
      case 5, 6: .info
      default: .debug
      }
    log(KafkaLogLine(level: level, facility: facility, text: text, code: nil))
  }
}
