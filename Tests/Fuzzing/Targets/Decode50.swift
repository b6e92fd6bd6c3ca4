import MQTTCodec

/// Any bytes, as the packets of a connection that speaks MQTT 5.0.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) { PacketStream.check(bytes, .v5) }
}
