/// The bounds of a server.
public struct HTTPServerLimits: Sendable {
  /// Bytes of a request's first line and headers together; past it the answer is 400. Browsers send 1 to 2 KiB, tokens
  /// some more.
  public var headerBytesMax = 8 * 1024
  /// Bytes of a request's body; past it the answer is 413. Management requests are small.
  public var bodyBytesMax = 64 * 1024
  /// Connections at a time; more wait in the kernel until one ends. A few scrapers and browsers need six each; the rest
  /// is room for those that hold a connection and ask nothing.
  public var connectionsMax = 256
  /// Seconds in which a connection must complete its first request, take each answer and send its next request; then it
  /// is closed, whether it is idle, slow or stalled. Scrapers that keep connections open longer than this just connect
  /// again.
  public var requestSecondsMax = 30

  /// The same while all connections are taken, so that those that ask nothing don't keep others waiting for long.
  public var requestSecondsMaxWhenFull = 2

  /// The defaults.
  public init() {}
}
