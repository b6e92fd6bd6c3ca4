/// Why an upgrade request is refused.
struct WebSocketRefusal: Error, Equatable, Sendable {
  /// The answers that there are (RFC 9110 section 15.5, RFC 6585 section 5).
  enum Status: Int, Sendable {
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case upgradeRequired = 426
    case headerFieldsTooLarge = 431

    var phrase: String {
      switch self {
      case .badRequest: "Bad Request"
      case .forbidden: "Forbidden"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .contentTooLarge: "Content Too Large"
      case .upgradeRequired: "Upgrade Required"
      case .headerFieldsTooLarge: "Request Header Fields Too Large"
      }
    }
  }

  /// Bytes of what a client sent that a log line repeats at most.
  static let quotedBytesMax = 100

  let status: Status
  /// For the client: fixed words, never its own.
  let reason: String
  /// For the log: the reason, and what the client sent, if that helps.
  let explanation: String

  init(_ status: Status, _ reason: String) {
    self.status = status
    self.reason = reason
    explanation = reason
  }

  /// Names what the client sent in the log, bounded and with all but visible ASCII replaced.
  init(_ status: Status, _ reason: String, sent: some Sequence<UInt8>) {
    self.status = status
    self.reason = reason
    let visible = sent.prefix(Self.quotedBytesMax).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    explanation = "\(reason): '\(String(decoding: visible, as: UTF8.self))'"
  }

  /// A complete HTTP response after which the connection is closed.
  var response: [UInt8] {
    var fields = ""
    switch status {
    case .methodNotAllowed: fields = "Allow: GET\r\n"
    // RFC 9110 section 15.5.22 and RFC 6455 section 4.4.
    case .upgradeRequired: fields = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    default: break
    }
    let connection = status == .upgradeRequired ? "Upgrade, close" : "close"
    return Array(
      """
      HTTP/1.1 \(status.rawValue) \(status.phrase)\r
      \(fields)Connection: \(connection)\r
      Content-Type: text/plain\r
      Content-Length: \(reason.utf8.count + 1)\r
      \r
      \(reason)

      """.utf8)
  }
}
