/// What is remembered of a publish while it is open, so that it is known again if it is refused.
struct WatchedPublish {
  /// Of its publisher, topic and payload; the same within this process.
  let digest: UInt64
  /// Its topic, for the log: as much as that takes.
  let topic: [UInt8]

  init(_ view: PublishView) {
    var hasher = Hasher()
    hasher.combine(view.publisher.userName)
    hasher.combine(view.publisher.certificateName)
    hasher.combine(view.topic.count)
    hasher.combine(bytes: view.topic)
    hasher.combine(bytes: view.payload)
    digest = UInt64(bitPattern: Int64(hasher.finalize()))
    topic = Array(view.topic.prefix(LogLine.valueBytesMax + 1))
  }
}
