extension TopicFilter {
  /// Whether a message with the valid topic name `topic` matches (MQTT 5.0 section 4.7).
  ///
  /// A filter that starts with a wildcard doesn't match a topic that starts with `$` (section 4.7.2). Linear in the
  /// topic's length, without allocation or recursion.
  public func matches(topic: UnsafeRawBufferPointer) -> Bool {
    matched.withUnsafeBytes { Self.matches(filter: $0, topic: topic) }
  }

  /// Whether a message with the valid topic name `topic` matches (MQTT 5.0 section 4.7).
  public func matches(topic: Span<UInt8>) -> Bool {
    topic.withUnsafeBytes { matches(topic: $0) }
  }

  private static func matches(filter: UnsafeRawBufferPointer, topic: UnsafeRawBufferPointer) -> Bool {
    let slash = UInt8(ascii: "/")
    var f = 0
    var t = 0
    if topic.count > 0, topic[0] == UInt8(ascii: "$"), filter[0] != UInt8(ascii: "$") { return false }
    // Each round compares one level; both indices are at the start of theirs.
    while true {
      if f < filter.count, filter[f] == UInt8(ascii: "#") { return true }
      if f < filter.count, filter[f] == UInt8(ascii: "+") {
        f &+= 1
        while t < topic.count, topic[t] != slash { t &+= 1 }
      } else {
        while f < filter.count, t < topic.count, filter[f] == topic[t], filter[f] != slash {
          f &+= 1
          t &+= 1
        }
      }
      guard t < topic.count else {
        // "a/#" matches "a" too (section 4.7.1.2).
        let isParent = f &+ 2 == filter.count && filter[f] == slash && filter[f &+ 1] == UInt8(ascii: "#")
        return f == filter.count || isParent
      }
      guard f < filter.count, filter[f] == slash, topic[t] == slash else { return false }
      f &+= 1
      t &+= 1
    }
  }
}
