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
    if topic.count > 0, topic[0] == UInt8(ascii: "$"), filter[0] != UInt8(ascii: "$") { return false }
    var f = 0
    var t = 0
    while true {
      // No topic name has a wildcard, so this stops at the filter's, at a difference or at an end.
      while f < filter.count, t < topic.count, filter[f] == topic[t] {
        f &+= 1
        t &+= 1
      }
      guard f < filter.count else { return t == topic.count }
      switch filter[f] {
      case UInt8(ascii: "#"): return true
      case UInt8(ascii: "+"):
        f &+= 1
        while t < topic.count, topic[t] != slash { t &+= 1 }
      default:
        // "a/#" matches "a" too (section 4.7.1.2).
        return t == topic.count && f &+ 2 == filter.count && filter[f] == slash && filter[f &+ 1] == UInt8(ascii: "#")
      }
    }
  }
}
