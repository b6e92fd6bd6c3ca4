/// What came of an upgrade request.
enum WebSocketUpgradeResult: Equatable, Sendable {
  /// It has not ended yet: call again when there are more bytes.
  case incomplete
  /// Send `response`; the frames begin behind the first `usedBytes` bytes.
  case accepted(response: [UInt8], subprotocol: WebSocketSubprotocol, usedBytes: Int)
  /// Send the refusal's response and close.
  case refused(WebSocketRefusal)
}
