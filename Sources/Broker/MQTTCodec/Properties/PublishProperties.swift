/// The MQTT 5.0 properties of one message: of a PUBLISH (section 3.3.2.3) or of a will (section 3.1.3.2).
///
/// Ranges are in the span that was decoded.
public struct PublishProperties: Sendable {
  /// All properties as on the wire, without the length before them.
  public let block: Range<Int>
  /// Stands for the topic name on this connection; never 0, and nil in a will.
  public internal(set) var topicAlias: UInt16?
  /// For how many seconds the message is of use, or nil when it never expires.
  public internal(set) var messageExpirySeconds: UInt32?
  /// 0 for bytes, 1 for UTF-8 text, nil when the publisher didn't say. The payload is not checked against it here.
  public internal(set) var payloadFormatIndicator: UInt8?
  /// What the payload is; well-formed UTF-8.
  public internal(set) var contentType: Range<Int>?
  /// Where answers are expected; a valid topic name.
  public internal(set) var responseTopic: Range<Int>?
  /// What an answer must carry, any bytes.
  public internal(set) var correlationData: Range<Int>?
  /// How many user properties there are, at most ``DecodingLimits/userPropertiesMax``.
  public internal(set) var userPropertyCount = 0
  // The parts of the block that must not be passed on, in order: at most two of alias, expiry and will delay.
  @usableFromInline var firstCut: Range<Int>
  @usableFromInline var secondCut: Range<Int>

  @inlinable @inline(__always)
  init(block: Range<Int>) {
    self.block = block
    firstCut = block.upperBound..<block.upperBound
    secondCut = firstCut
  }

  /// No properties; `offset` is where they would be.
  @inlinable @inline(__always)
  init(noneAt offset: Int) { self.init(block: offset..<offset) }

  /// Whether ``block`` may be passed on as it is: it has neither topic alias nor message expiry nor will delay.
  @inlinable
  public var isForwardable: Bool { firstCut.isEmpty }

  /// Appends the properties that every receiver gets, in their original order: ``block`` without topic alias, message
  /// expiry and will delay. `bytes` is the span that was decoded.
  public func appendForwardable(from bytes: Span<UInt8>, to buffer: inout ByteBuffer) {
    buffer.append(bytes, block.lowerBound..<firstCut.lowerBound)
    buffer.append(bytes, firstCut.upperBound..<secondCut.lowerBound)
    buffer.append(bytes, secondCut.upperBound..<block.upperBound)
  }

  /// Bytes that ``appendForwardable(from:to:)`` appends.
  public var forwardableBytes: Int { block.count - firstCut.count - secondCut.count }
}
