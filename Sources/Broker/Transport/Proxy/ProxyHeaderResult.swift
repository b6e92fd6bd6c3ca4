import EventLoop

/// What a connection begins with.
enum ProxyHeaderResult: Equatable, Sendable {
  /// The header has not ended yet: call again when there are more bytes.
  case incomplete
  /// The client that the proxy speaks for, or nil when the connection is the proxy's own or it does not know: then the
  /// socket's address holds. What the client sent begins behind the first `usedBytes` bytes.
  case found(source: SocketAddress?, usedBytes: Int)
  /// It is no such header: close without an answer. The reason is for the log, in fixed words.
  case malformed(reason: String)
}
