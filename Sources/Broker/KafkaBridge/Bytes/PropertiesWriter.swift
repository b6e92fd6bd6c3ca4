/// Encodes the properties of a message that came from Kafka, as ``PublishProperties`` reads them. What can't be a
/// property (too long, or not text where text is demanded) is left out.
struct PropertiesWriter {
  private(set) var bytes: [UInt8] = []

  mutating func payloadFormat(_ value: UInt8) { bytes += [PublishProperties.payloadFormatIdentifier, value] }

  mutating func text(_ identifier: UInt8, _ value: UnsafeRawBufferPointer) {
    guard value.count <= 65_535, MQTTText.isAllowed(value) else { return }
    bytes.append(identifier)
    append(value)
  }

  mutating func correlationData(_ value: UnsafeRawBufferPointer) {
    guard value.count <= 65_535 else { return }
    bytes.append(PublishProperties.correlationDataIdentifier)
    append(value)
  }

  mutating func user(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard name.count <= 65_535, value.count <= 65_535, MQTTText.isAllowed(name), MQTTText.isAllowed(value) else {
      return
    }
    bytes.append(PublishProperties.userIdentifier)
    append(name)
    append(value)
  }

  private mutating func append(_ value: UnsafeRawBufferPointer) {
    bytes += [UInt8(value.count >> 8), UInt8(value.count & 0xFF)]
    bytes += value
  }
}
