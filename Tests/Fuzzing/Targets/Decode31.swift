import MQTTCodec

/// Any bytes, as the packets of a connection that speaks MQTT 3.1.
enum FuzzTarget {
  static func run(_ bytes: UnsafeBufferPointer<UInt8>) { PacketStream.check(bytes, .v3_1) }
}
