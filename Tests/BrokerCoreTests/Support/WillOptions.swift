import MQTTCodec

/// The will of a test's CONNECT.
struct WillOptions {
  var topic = "will"
  var payload = "gone"
  var qos = 0
  var isRetain = false
  var delaySeconds = 0

  func bytes(_ version: ProtocolVersion) -> [UInt8] {
    let list = properties(delaySeconds > 0 ? [0x18] + four(delaySeconds) : [])
    return (version == .v5 ? list : []) + text(topic) + text(payload)
  }
}
