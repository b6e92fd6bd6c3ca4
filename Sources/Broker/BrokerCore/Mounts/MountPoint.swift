import MQTTCodec

/// Whole topic levels that the clients of a listener live below: what they call `a/b` is `{mount point}/a/b` for
/// everybody else, the rules and the mappings.
///
/// They see nothing beside it, and their client identifiers are their own. Topics that begin with `$` are the server's,
/// and are below no mount point. Immutable, so any thread may use it.
public struct MountPoint: Sendable, Equatable {
  /// The levels with a slash behind the last one.
  public let bytes: [UInt8]

  /// The most bytes that a mount point has: it lengthens every topic.
  public static let bytesMax = 256

  /// Reads levels such as `plants/7`; a slash at the end makes no difference. Nil for what is empty, longer than
  /// ``bytesMax``, begins with `$` or a slash, or is no topic name.
  public init?(_ text: String) {
    var bytes = Array(text.utf8)
    if bytes.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
    guard bytes.count <= Self.bytesMax, let first = bytes.first, first != UInt8(ascii: "/"),
      first != UInt8(ascii: "$"), bytes.withUnsafeBytes({ TopicName.isValid($0) })
    else { return nil }
    self.bytes = bytes
  }

  /// How many bytes of a topic its clients are not shown.
  @inline(__always)
  func hiddenBytes(of topic: UnsafeRawBufferPointer) -> Int {
    topic.first == UInt8(ascii: "$") ? 0 : bytes.count
  }

  /// Whether a topic is below it, so that there is a name for it here: a level of its own that doesn't begin with `$`,
  /// which would look like a topic of the server's.
  func holds(_ topic: UnsafeRawBufferPointer) -> Bool {
    topic.starts(with: bytes) && topic.count > bytes.count && topic[bytes.count] != UInt8(ascii: "$")
  }

  /// What a client's topic is called outside.
  func outside(_ topic: [UInt8]) -> [UInt8] { topic.first == UInt8(ascii: "$") ? topic : bytes + topic }

  /// Puts what a client's topic is called outside at the end of `buffer`.
  func appendOutside(_ topic: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    if topic.first != UInt8(ascii: "$") { bytes.withUnsafeBytes { buffer.append($0) } }
    buffer.append(topic)
  }

  /// What a client's filter is called outside; of a shared subscription the part that topics are matched against.
  func outside(filter: [UInt8]) -> [UInt8] {
    guard filter.first == UInt8(ascii: "$") else { return bytes + filter }
    guard let parsed = TopicFilter(filter), parsed.sharedGroup != nil else { return filter }
    return Array(filter[..<parsed.matched.startIndex]) + outside(filter: Array(parsed.matched))
  }

  /// Names a session of one of its clients: no other client's session is called so, since no client identifier holds
  /// U+0000.
  func sessionName(_ clientID: [UInt8]) -> [UInt8] { bytes + [0] + clientID }
}
