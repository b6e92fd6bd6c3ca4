/// Reads the MQTT 5.0 properties that travel with a message (section 2.2.2.2), as BrokerCore hands them over: encoded
/// one after the other. Bounded by the bytes it is given; stops at the first that it doesn't know or that is cut off.
struct PublishProperties {
  /// The properties that a message can carry, by their identifiers.
  enum Property {
    case payloadFormat(UInt8)
    case contentType(UnsafeRawBufferPointer)
    case responseTopic(UnsafeRawBufferPointer)
    case correlationData(UnsafeRawBufferPointer)
    case user(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
  }

  static let payloadFormatIdentifier: UInt8 = 0x01
  static let contentTypeIdentifier: UInt8 = 0x03
  static let responseTopicIdentifier: UInt8 = 0x08
  static let correlationDataIdentifier: UInt8 = 0x09
  static let userIdentifier: UInt8 = 0x26

  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  /// The next property, or nil at the end.
  mutating func next() -> Property? {
    guard let identifier = rest.first else { return nil }
    drop(1)
    switch identifier {
    case PublishProperties.payloadFormatIdentifier:
      guard let value = rest.first else { return nil }
      drop(1)
      return .payloadFormat(value)
    case PublishProperties.contentTypeIdentifier: return string().map { .contentType($0) }
    case PublishProperties.responseTopicIdentifier: return string().map { .responseTopic($0) }
    case PublishProperties.correlationDataIdentifier: return string().map { .correlationData($0) }
    case PublishProperties.userIdentifier:
      guard let name = string(), let value = string() else { return nil }
      return .user(name: name, value: value)
    default: return nil
    }
  }

  /// How many user properties there are.
  static func userCount(_ bytes: UnsafeRawBufferPointer) -> Int {
    var reader = PublishProperties(bytes)
    var count = 0
    while let property = reader.next() {
      if case .user = property { count += 1 }
    }
    return count
  }

  /// Bytes with a length of two bytes before them.
  private mutating func string() -> UnsafeRawBufferPointer? {
    guard rest.count >= 2 else { return nil }
    let count = Int(rest[0]) << 8 | Int(rest[1])
    guard rest.count - 2 >= count else { return nil }
    let value = UnsafeRawBufferPointer(rebasing: rest[2..<(2 + count)])
    drop(2 + count)
    return value
  }

  private mutating func drop(_ count: Int) { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
}
