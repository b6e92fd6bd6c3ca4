internal import CRdKafka

/// What the library's callbacks find through their opaque pointer.
final class ClientContext: Sendable {
  /// Takes log lines.
  let log: KafkaLogHandler
  /// Takes assignments and revocations of a consumer; nil for other clients. Called on the consumer's thread.
  let rebalance:
    (@Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void)?

  init(
    log: @escaping KafkaLogHandler,
    rebalance: (
      @Sendable (OpaquePointer, rd_kafka_resp_err_t, UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> Void
    )? = nil
  ) {
    self.log = log
    self.rebalance = rebalance
  }

  static func of(_ client: OpaquePointer?) -> ClientContext? {
    guard let client, let opaque = rd_kafka_opaque(client) else { return nil }
    return Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
  }

  func told(level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?) {
    let text = text.map { String(cString: $0) } ?? ""
    // One set of properties serves producers and consumers alike: that each ignores the other's is no news.
    let isOtherRole = text.contains("is a producer property") || text.contains("is a consumer property")
    let level: KafkaLogLine.Level =
      switch level {
      case ...3: .error
      case 4: isOtherRole ? .debug : .warning
      case 5, 6: .info
      default: .debug
      }
    log(KafkaLogLine(level: level, facility: facility.map { String(cString: $0) } ?? "", text: text, code: nil))
  }
}
