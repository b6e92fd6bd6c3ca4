/// The MQTT 5.0 properties of one message: of a PUBLISH (section 3.3.2.3) or of a will (section 3.1.3.2).
///
/// Ranges are in the span that was decoded.
public struct PublishProperties: Sendable {
  /// All properties as on the wire, without the length before them.
  public let block: Range<Int>
  // What was found in the block, absent or empty until decoded. Small, because each PUBLISH makes one of these.
  @usableFromInline var found = Found()

  @usableFromInline
  struct Found: Sendable {
    // Places count from the block's start, so that each fits; a place of 0 means absent, for an identifier is at 0.
    @usableFromInline var contentType = Place()
    @usableFromInline var responseTopic = Place()
    @usableFromInline var correlationData = Place()
    // The parts of the block that must not be passed on, in order: at most two of alias, expiry and will delay.
    @usableFromInline var firstCut = Place()
    @usableFromInline var secondCut = Place()
    @usableFromInline var messageExpirySeconds: UInt32 = 0
    @usableFromInline var hasMessageExpiry = false
    @usableFromInline var payloadFormatIndicator: UInt8 = Self.noIndicator
    @usableFromInline var topicAlias: UInt16 = 0
    @usableFromInline var userPropertyCount: UInt32 = 0

    @inlinable @inline(__always)
    init() {}

    @inlinable @inline(__always)
    static var noIndicator: UInt8 { 0xFF }
  }

  /// A part of the block.
  @usableFromInline
  struct Place: Sendable {
    @usableFromInline var offset: UInt32 = 0
    @usableFromInline var count: UInt32 = 0

    @inlinable @inline(__always)
    init() {}
  }

  @inlinable @inline(__always)
  init(block: Range<Int>) { self.block = block }

  /// No properties; `offset` is where they would be.
  @inlinable @inline(__always)
  init(noneAt offset: Int) { block = Range(uncheckedBounds: (offset, offset)) }
}

extension PublishProperties {
  /// Stands for the topic name on this connection; never 0, and nil in a will.
  @inlinable
  public var topicAlias: UInt16? { found.topicAlias == 0 ? nil : found.topicAlias }

  /// For how many seconds the message is of use, or nil when it never expires.
  @inlinable
  public var messageExpirySeconds: UInt32? { found.hasMessageExpiry ? found.messageExpirySeconds : nil }

  /// 0 for bytes, 1 for UTF-8 text, nil when the publisher didn't say. The payload is not checked against it here: see
  /// ``UTF8Text``.
  @inlinable
  public var payloadFormatIndicator: UInt8? {
    found.payloadFormatIndicator == Found.noIndicator ? nil : found.payloadFormatIndicator
  }

  /// What the payload is; well-formed UTF-8.
  public var contentType: Range<Int>? { range(found.contentType) }

  /// Where answers are expected; a valid topic name.
  public var responseTopic: Range<Int>? { range(found.responseTopic) }

  /// What an answer must carry, any bytes.
  public var correlationData: Range<Int>? { range(found.correlationData) }

  /// How many user properties there are, at most ``DecodingLimits/userPropertiesMax``.
  @inlinable
  public var userPropertyCount: Int { Int(found.userPropertyCount) }

  /// Whether ``block`` may be passed on as it is: it has neither topic alias nor message expiry nor will delay.
  @inlinable
  public var isForwardable: Bool { found.firstCut.count == 0 }

  /// Bytes that ``appendForwardable(from:to:)`` appends.
  @inlinable
  public var forwardableBytes: Int { block.count - Int(found.firstCut.count) - Int(found.secondCut.count) }

  /// Appends the properties that every receiver gets, in their original order: ``block`` without topic alias, message
  /// expiry and will delay. `bytes` is the span that was decoded.
  public func appendForwardable(from bytes: Span<UInt8>, to buffer: inout ByteBuffer) {
    let first = part(found.firstCut)
    let second = part(found.secondCut)
    buffer.append(bytes, block.lowerBound..<first.lowerBound)
    buffer.append(bytes, first.upperBound..<second.lowerBound)
    buffer.append(bytes, second.upperBound..<block.upperBound)
  }

  /// Where a part that is left out lies: at the block's end when there is none.
  private func part(_ cut: Place) -> Range<Int> {
    guard cut.count > 0 else { return block.upperBound..<block.upperBound }
    let start = block.lowerBound + Int(cut.offset)
    return start..<(start + Int(cut.count))
  }

  private func range(_ place: Place) -> Range<Int>? {
    guard place.offset > 0 else { return nil }
    let start = block.lowerBound + Int(place.offset)
    return start..<(start + Int(place.count))
  }
}
