public import MQTTCodec

/// One application message that is kept: queued, in flight to a durable session, retained, or handed to another thread.
///
/// Immutable, so any thread may read it. Topic, properties and payload lie one after the other in one array.
public final class Message: Sendable {
  /// Topic, properties, payload, one after the other.
  public let bytes: [UInt8]
  /// Bytes of the topic name at the start of ``bytes``.
  public let topicCount: Int
  /// Bytes of the properties that follow it (see ``PublishView/properties``).
  public let propertiesCount: Int
  /// The QoS with which it was published.
  public let qos: QoS
  /// The RETAIN flag with which it was published.
  public let isRetain: Bool
  /// When it expires, in milliseconds of the broker's monotonic clock, or nil when it never does.
  public let expiresAtMilliseconds: Int64?
  /// Who published it.
  public let publisher: Publisher

  /// Copies the parts of a message; `topic` must be a valid topic name.
  public init(
    topic: some Collection<UInt8>, payload: some Collection<UInt8>,
    properties: some Collection<UInt8> = EmptyCollection(),
    qos: QoS, isRetain: Bool = false, expiresAtMilliseconds: Int64? = nil, by publisher: Publisher
  ) {
    var all: [UInt8] = []
    all.reserveCapacity(topic.count + properties.count + payload.count)
    all.append(contentsOf: topic)
    all.append(contentsOf: properties)
    all.append(contentsOf: payload)
    bytes = all
    topicCount = topic.count
    propertiesCount = properties.count
    self.qos = qos
    self.isRetain = isRetain
    self.expiresAtMilliseconds = expiresAtMilliseconds
    self.publisher = publisher
  }

  /// The topic name.
  public var topic: ArraySlice<UInt8> { bytes[..<topicCount] }
  /// The properties (see ``PublishView/properties``).
  public var properties: ArraySlice<UInt8> { bytes[topicCount..<(topicCount + propertiesCount)] }
  /// The application message.
  public var payload: ArraySlice<UInt8> { bytes[(topicCount + propertiesCount)...] }
}

extension Message {
  /// Calls `body` with topic, properties and payload; the pointers are valid only during the call.
  @inline(__always)
  public func withParts<R>(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> R
  ) -> R {
    bytes.withUnsafeBytes { all in
      let behindTopic = topicCount + propertiesCount
      return body(
        UnsafeRawBufferPointer(rebasing: all[..<topicCount]),
        UnsafeRawBufferPointer(rebasing: all[topicCount..<behindTopic]),
        UnsafeRawBufferPointer(rebasing: all[behindTopic...]))
    }
  }
}
