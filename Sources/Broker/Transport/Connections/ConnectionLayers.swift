import MQTTCodec

/// What lies between a connection's socket and MQTT beside TLS: the PROXY header that it begins with, and WebSocket all
/// along. A connection with neither has none of it, which is the one question that its path asks.
///
/// Confined to the thread of the connection's shard.
final class ConnectionLayers {
  /// The proxy has not said yet for whom it speaks.
  var awaitsProxyHeader: Bool
  /// The client's request for WebSocket while it is not answered.
  var upgrade = WebSocketUpgrade()
  /// The request was answered with yes: frames follow, in both directions.
  @exclusivity(unchecked) var isUpgraded = false
  @exclusivity(unchecked) var frames = WebSocketFrames()
  /// What goes out in front of the next frame: the answer to the request, and Pong frames.
  @exclusivity(unchecked) var replies = ByteBuffer()

  /// Nil for a listener that has MQTT in the stream itself.
  init?(_ settings: ListenerSettings) {
    guard settings.webSocket != nil || settings.proxyNetworks != nil else { return nil }
    awaitsProxyHeader = settings.proxyNetworks != nil
  }
}
