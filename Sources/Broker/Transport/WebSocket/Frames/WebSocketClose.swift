/// How the client's frames came to their end, and what it is told.
struct WebSocketClose: Equatable, Sendable {
  /// For the Close frame of the server; nil for one without a code, as the client's was.
  let code: UInt16?
  /// What the client did wrong, for the log; nil when it closed in order.
  let fault: String?

  /// Codes that servers send (RFC 6455 section 7.4.1).
  static let normal: UInt16 = 1000
  static let goingAway: UInt16 = 1001
  static let protocolError: UInt16 = 1002
  static let unsupportedData: UInt16 = 1003
  static let invalidPayload: UInt16 = 1007
  static let policyViolation: UInt16 = 1008
  static let messageTooBig: UInt16 = 1009

  static func protocolError(_ fault: String) -> WebSocketClose {
    WebSocketClose(code: protocolError, fault: fault)
  }

  /// Whether a client may close with `code`: those of RFC 6455 section 7.4.1 that may be sent, those that IANA added
  /// (1012 to 1014), and those of libraries and applications (section 7.4.2).
  static func isValid(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
