/// What holds for the WebSocket connections of a listener.
///
/// Whoever builds the listener checks what path and origins mean, and reports the places given here.
public struct ListenerWebSocketConfiguration: Sendable {
  /// `path`: the one path that is served; nil for the default, `/mqtt`.
  public let path: Placed<String>?
  /// `origins`: the web pages that may connect, as browsers name them; nil for any.
  public let origins: [Placed<String>]?
  /// `message_bytes_max`: the bytes of one message, whole or in fragments; nil for as many as MQTT allows a packet.
  public let messageBytesMax: Int?
  /// `head_bytes_max`: the bytes of the HTTP request that asks for WebSocket; nil for the default, 32 KiB.
  public let headBytesMax: Int?

  /// The defaults.
  init() {
    path = nil
    origins = nil
    messageBytesMax = nil
    headBytesMax = nil
  }

  /// Reads a `websocket` section.
  init(_ section: Section) {
    path = section.optional("path")?.string()
    let value = section.optional("origins")
    let entries = value?.list()
    origins = entries?.compactMap { $0.string() }
    if let value, let entries, entries.isEmpty {
      value.report("origins: the list is empty: no web page could connect; leave it out to let all connect")
    }
    messageBytesMax = section.optional("message_bytes_max")?.number(.bytes, in: 1 << 10...1 << 28)?.value
    headBytesMax = section.optional("head_bytes_max")?.number(.bytes, in: 1 << 10...64 << 10)?.value
    section.finish()
  }
}
