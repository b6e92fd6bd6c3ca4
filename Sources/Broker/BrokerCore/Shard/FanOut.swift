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
  /// Some client was sent it at QoS 0: it has it, and nothing waits for that.
  var isTakenAtOnce = false
  // The last encoding, where it lies in some receiver's output: same version, mount point, QoS and flags make the same
  // bytes but for the packet identifier. No output is flushed or freed while one publish is distributed.
  var encoded: UnsafePointer<UInt8>?
  var encodedCount = 0
  var encodedVariant: UInt32 = 0
  var packetIDOffset = 0

  /// What it came to under ``token``.
  var distribution: Distribution { Distribution(obligations: obligations, isTakenAtOnce: isTakenAtOnce) }

  /// What of ``encodedVariant`` a client's version and mount point say; QoS and RETAIN lie in bits 1 to 3. No two mount
  /// points of one length hold the same topic.
  static func variant(_ version: ProtocolVersion, _ mountPoint: MountPoint?) -> UInt32 {
    (version == .v5 ? 1 : 0) | 16 | UInt32(truncatingIfNeeded: mountPoint?.bytes.count ?? 0) << 8
  }
}
