internal import BrokerCore
internal import KafkaClient

// The headers that depend on the single publish.
extension OutboundMapping {
  /// Writes the MQTT 5.0 properties as headers. A user property keeps its own name, unless Sluice or the mapping writes
  /// a header of that name: then `mqtt.user-property.` comes before it, so that no client can speak in Sluice's name.
  func addProperties(_ properties: UnsafeRawBufferPointer, to headers: inout KafkaHeaders) {
    var reader = PublishProperties(properties)
    while let property = reader.next() {
      switch property {
      case .contentType(let text): headers.add(name: RecordHeaderNames.contentType.bytes, value: text)
      case .responseTopic(let text): headers.add(name: RecordHeaderNames.responseTopic.bytes, value: text)
      case .correlationData(let bytes): headers.add(name: RecordHeaderNames.correlationData.bytes, value: bytes)
      case .payloadFormat(let value):
        if headerSet == .all, value == 1 {
          OutboundMapping.add(RecordHeaderNames.payloadFormat, number: 1, to: &headers)
        }
      case .user(let name, let value):
        if isTaken(name) {
          (Array(RecordHeaderNames.escape.bytes) + Array(name)).withUnsafeBytes { headers.add(name: $0, value: value) }
        } else {
          headers.add(name: name, value: value)
        }
      }
    }
  }

  /// Writes how often the record has been one before: whatever the header set is, or circles would not end.
  static func addHops(_ hops: Int, to headers: inout KafkaHeaders) {
    add(RecordHeaderNames.hops, number: UInt32(clamping: hops), to: &headers)
  }

  /// Writes the flags of the set `all`: only what differs from the default.
  func addFlags(of publish: PublishView, to headers: inout KafkaHeaders) {
    let qos = level(of: publish.qos)
    if qos > 0 { OutboundMapping.add(RecordHeaderNames.qos, number: UInt32(qos), to: &headers) }
    if publish.isRetain { OutboundMapping.add(RecordHeaderNames.retain, number: 1, to: &headers) }
    if let seconds = publish.expirySeconds {
      OutboundMapping.add(RecordHeaderNames.expiry, number: seconds, to: &headers)
    }
  }

  private func isTaken(_ name: UnsafeRawBufferPointer) -> Bool {
    RecordHeaderNames.isOwn(name) || headers.contains { $0.name.elementsEqual(name) }
  }

  private static func add(_ name: StaticBytes, number: UInt32, to headers: inout KafkaHeaders) {
    withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { digits in
      var rest = number
      var at = digits.count
      repeat {
        at -= 1
        digits[at] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      headers.add(name: name.bytes, value: UnsafeRawBufferPointer(rebasing: digits[at...]))
    }
  }
}
