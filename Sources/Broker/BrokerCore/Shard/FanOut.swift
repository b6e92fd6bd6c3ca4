import MQTTCodec

/// One publish on its way to several receivers: what is made once and used again.
struct FanOut {
  let view: PublishView
  /// The serial number of the topic's route.
  let route: UInt32
  let publisherSerial: UInt64
  let token: ObligationToken
  /// Made when the first receiver needs it to be kept.
  var message: Message?
  var obligations = 0
  // The last encoding, where it lies in some receiver's output: same version, QoS and flags make the same bytes but
  // for the packet identifier. No output is flushed or freed while one publish is distributed.
  var encoded: UnsafePointer<UInt8>?
  var encodedCount = 0
  var encodedVariant: UInt8 = 0
  var packetIDOffset = 0
}
