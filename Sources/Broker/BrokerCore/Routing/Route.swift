import MQTTCodec

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One session of this shard that receives a topic: all its matching subscriptions folded into one delivery.
struct Receiver {
  let session: Session
  /// The largest QoS of the matching subscriptions.
  let qos: QoS
  /// Some matching subscription says no local: the session's own messages go by ``withoutNoLocal``.
  let isNoLocal: Bool
  /// The matching subscriptions without those that say no local, folded; none if all say so. Kept only where some do.
  let withoutNoLocal: [Receiver]
  /// Some matching subscription keeps the RETAIN flag.
  let keepsRetain: Bool
  /// Identifiers of the matching subscriptions.
  let subscriptionIdentifiers: [UInt32]
  /// The group as whose member it receives, or nil for a subscription of its own.
  var share: ShareGroup?
}

/// Where the publishes of one topic go, as one shard sees it.
final class Route {
  let topic: [UInt8]
  let hash: UInt64
  /// A number of its own among the routes of the shard, for the shard's cache of decisions.
  let serial: UInt32
  /// The generation of the index at which the rest was computed.
  @exclusivity(unchecked) var generation: UInt64 = 0
  @exclusivity(unchecked) var receivers: [Receiver] = []
  /// Other shards that have receivers.
  @exclusivity(unchecked) var otherShards: [Int] = []
  /// Share groups, with their members on all shards.
  @exclusivity(unchecked) var shares: [(group: ShareGroup, members: [Subscription])] = []
  @exclusivity(unchecked) var plan: OutletPlan?

  init(topic: [UInt8], hash: UInt64, serial: UInt32) {
    self.topic = topic
    self.hash = hash
    self.serial = serial
  }

  /// Whether nobody receives the topic, on any shard, and no mapping takes it.
  @inline(__always)
  var isDeadEnd: Bool { receivers.isEmpty && otherShards.isEmpty && shares.isEmpty && plan == nil }

  /// Whether it is the route of this topic name.
  @inline(__always)
  func isFor(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.count == topic.count, let bytes = name.baseAddress else { return false }
    return topic.withUnsafeBytes { own in own.baseAddress.map { memcmp($0, bytes, name.count) == 0 } ?? false }
  }
}
