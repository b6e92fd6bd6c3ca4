/// Makes the properties of one message that came from Kafka, as ``PublishProperties`` reads them, of a record's
/// headers.
///
/// A property that a PUBLISH has at most once (MQTT 5.0 section 3.3.2.3) is written once, as the last header of its
/// name says. What can't be a property (too long, not the text that is demanded, null, or one too many) is left out and
/// counted. Values are borrowed until ``finish(payload:)``.
struct PropertiesWriter {
  /// What was left out first, for people.
  struct LeftOut: Sendable, Equatable {
    let header: String
    let reason: String
  }

  let userPropertiesMax: Int
  /// How many headers were left out.
  private(set) var leftOutCount = 0
  private(set) var leftOut: LeftOut?
  /// Whether there was a header of a property that comes at most once.
  private var hasOnce = false
  private var contentType: Once?
  private var responseTopic: Once?
  private var correlationData: Once?
  private var payloadFormat: Once?
  private var userCount = 0
  private var users: [UInt8] = []

  /// What the last header of a name said: nil if it can't be the property.
  private struct Once {
    let value: UnsafeRawBufferPointer?
  }

  init(userPropertiesMax: Int) { self.userPropertiesMax = userPropertiesMax }

  // MARK: headers

  /// Takes a header with one of Sluice's own names; those that say who published are no properties.
  mutating func own(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    typealias Names = RecordHeaderNames
    if Names.contentType == name {
      repeated(contentType, name)
      contentType = Once(value: text(name, value))
    } else if Names.responseTopic == name {
      repeated(responseTopic, name)
      responseTopic = Once(value: topic(name, value))
    } else if Names.correlationData == name {
      repeated(correlationData, name)
      correlationData = Once(value: within(name, value))
    } else if Names.payloadFormat == name {
      repeated(payloadFormat, name)
      payloadFormat = Once(value: format(name, value))
    } else if Names.escape.begins(name) {
      user(UnsafeRawBufferPointer(rebasing: name[Names.escape.count...]), value)
    }
  }

  /// Takes a header that is a user property.
  mutating func user(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
    let most = userPropertiesMax
    guard userCount < most else {
      return leaveOut(name, "a message carries at most \(most) user properties")
    }
    guard let value = text(name, value) else { return }
    guard name.count <= MQTTText.bytesMax, MQTTText.isAllowed(name) else {
      return leaveOut(name, "its name is no text that MQTT carries")
    }
    userCount += 1
    users.append(PublishProperties.userIdentifier)
    PropertiesWriter.append(name, to: &users)
    PropertiesWriter.append(value, to: &users)
  }

  // MARK: result

  /// The encoded properties of the message with this payload.
  mutating func finish(payload: UnsafeRawBufferPointer) -> [UInt8] {
    guard hasOnce else { return users }
    var bytes: [UInt8] = []
    if payloadFormat?.value != nil {
      if MQTTText.isWellFormed(payload) {
        bytes += [PublishProperties.payloadFormatIdentifier, 1]
      } else {
        leaveOut(RecordHeaderNames.payloadFormat.bytes, "it says text, and the record's value is not UTF-8")
      }
    }
    write(PublishProperties.contentTypeIdentifier, contentType)
    write(PublishProperties.responseTopicIdentifier, responseTopic)
    write(PublishProperties.correlationDataIdentifier, correlationData)
    func write(_ identifier: UInt8, _ once: Once?) {
      guard let value = once?.value else { return }
      bytes.append(identifier)
      PropertiesWriter.append(value, to: &bytes)
    }
    return bytes + users
  }

  // MARK: values

  private mutating func repeated(_ before: Once?, _ name: UnsafeRawBufferPointer) {
    hasOnce = true
    // One that could not be carried is counted already.
    if before?.value != nil { leaveOut(name, "a later header of the same name takes its place") }
  }

  private mutating func within(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
  ) -> UnsafeRawBufferPointer? {
    guard let value else {
      leaveOut(name, "its value is null")
      return nil
    }
    guard value.count <= MQTTText.bytesMax else {
      leaveOut(name, "its value has \(value.count) bytes, more than \(MQTTText.bytesMax)")
      return nil
    }
    return value
  }

  private mutating func text(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
  ) -> UnsafeRawBufferPointer? {
    guard let value = within(name, value) else { return nil }
    guard MQTTText.isAllowed(value) else {
      leaveOut(name, "its value is not UTF-8 text, or holds control characters or noncharacters")
      return nil
    }
    return value
  }

  /// A response topic is a topic name: without wildcards (MQTT-3.3.2-14), and not empty.
  private mutating func topic(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
  ) -> UnsafeRawBufferPointer? {
    guard let value = text(name, value) else { return nil }
    guard value.count > 0, !value.contains(UInt8(ascii: "+")), !value.contains(UInt8(ascii: "#")) else {
      leaveOut(name, "it is empty or holds + or #, which no topic that is published to does")
      return nil
    }
    return value
  }

  /// Only 1 is written: 0 means the same as nothing.
  private mutating func format(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?
  ) -> UnsafeRawBufferPointer? {
    guard let value, value.count == 1, value[0] == UInt8(ascii: "0") || value[0] == UInt8(ascii: "1") else {
      leaveOut(name, "it is neither 0 nor 1")
      return nil
    }
    return value[0] == UInt8(ascii: "1") ? value : nil
  }

  private mutating func leaveOut(_ name: UnsafeRawBufferPointer, _ reason: @autoclosure () -> String) {
    leftOutCount += 1
    guard leftOut == nil else { return }
    leftOut = LeftOut(
      header: String(decoding: name.prefix(PropertiesWriter.shownBytesMax), as: UTF8.self), reason: reason())
  }

  /// Of a header's name no more is shown.
  private static let shownBytesMax = 64

  private static func append(_ value: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    bytes.append(UInt8(value.count >> 8))
    bytes.append(UInt8(value.count & 0xFF))
    bytes += value
  }
}
