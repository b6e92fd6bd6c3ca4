/// What holds for the WebSocket connections of a listener.
public struct WebSocketSettings: Sendable {
  /// The path that clients ask for when nothing else is configured, which client libraries know, too.
  public static let pathDefault = "/mqtt"
  /// The largest MQTT packet that there is (MQTT 5.0 section 1.5.5), in one message: no client needs more. Messages are
  /// not kept, so that it costs no memory; MQTT packets have a bound of their own.
  public static let messageBytesMaxDefault = 268_435_455 + 5

  /// The largest request for WebSocket, where nothing else is configured: browsers send up to 16 KiB of cookies, and
  /// proxies add to it. Memory for strangers, less than a CONNECT may take.
  public static let headBytesMaxDefault = 32 << 10
  /// The most that it may be set to: what a connection carries over from one read to the next.
  public static let headBytesMaxLimit = 64 << 10

  /// The one path that is served; compared byte for byte, without what follows a question mark.
  public let path: String
  /// The web pages that may connect, or nil for any. Only browsers say where a page is from: clients that send no
  /// `Origin` are not asked for one.
  public let origins: Set<WebOrigin>?
  /// The bytes of one message, whole or in fragments; more end the connection with code 1009.
  public let messageBytesMax: Int

  /// The bytes of the request line and all header fields; more are refused with status 431.
  public let headBytesMax: Int

  /// Describes WebSocket connections; nil when `path` could not be asked for: it starts with a slash and has only
  /// visible ASCII without `?` and `#`.
  public init?(
    path: String = pathDefault, origins: Set<WebOrigin>? = nil, messageBytesMax: Int = messageBytesMaxDefault,
    headBytesMax: Int = headBytesMaxDefault
  ) {
    guard path.utf8.first == UInt8(ascii: "/"),
      path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    else { return nil }
    self.path = path
    self.origins = origins
    self.messageBytesMax = max(messageBytesMax, 1)
    self.headBytesMax = min(max(headBytesMax, 1), Self.headBytesMaxLimit)
  }
}
