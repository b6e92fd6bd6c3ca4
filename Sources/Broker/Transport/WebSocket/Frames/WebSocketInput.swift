/// What bytes of a client held.
struct WebSocketInput: Equatable, Sendable {
  /// Bytes for MQTT, now at the start of the buffer. They come before `close`, if there is one.
  let payloadCount: Int
  /// Not nil once the client's frames have ended: send a Close frame, behind all other output, and close.
  let close: WebSocketClose?
}
