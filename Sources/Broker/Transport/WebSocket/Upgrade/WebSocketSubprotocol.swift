/// The WebSocket subprotocols that carry MQTT, in the order of preference (IANA's WebSocket Subprotocol Name Registry).
enum WebSocketSubprotocol: String, CaseIterable, Sendable {
  /// MQTT 5.0 and 3.1.1 ([MQTT-6.0.0-3]); clients of 3.1 may use it as well.
  case mqtt
  /// What clients of MQTT 3.1 ask for.
  case mqttv31 = "mqttv3.1"
}
