/// Makes MQTT topics of records.
struct PublishTemplate: Sendable {
  /// What one record has for the template's variables.
  struct Values {
    var key: UnsafeRawBufferPointer?
    /// Values of ``PublishTemplate/headerNames``, in that order; nil where the record has none.
    var headers: [UnsafeRawBufferPointer?]
    var topic: String
    var partition: Int32
    var offset: Int64
  }

  private let template: Template
  /// The headers that it names; each once.
  let headerNames: [[UInt8]]

  /// Parses `text`. Throws also when no record could make a valid topic name of it.
  init(_ text: String) throws(MappingError) {
    template = try Template(text, .fromKafka)
    var names: [[UInt8]] = []
    guard !template.parts.isEmpty else { throw MappingError("the template is empty: no topic can be made of it") }
    for part in template.parts {
      switch part {
      case .literal(let bytes):
        guard bytes.withUnsafeBytes({ MQTTText.isAllowed($0) }) else {
          throw MappingError("control characters can't be in a topic")
        }
        guard !bytes.contains(UInt8(ascii: "+")), !bytes.contains(UInt8(ascii: "#")) else {
          throw MappingError("+ and # can't be in a topic that is published to")
        }
      case .variable(.header(let name), _):
        if !names.contains(name) { names.append(name) }
      case .variable: break
      }
    }
    if case .literal(let first) = template.parts[0], first.first == UInt8(ascii: "$") {
      throw MappingError("topics that begin with $ are the broker's own")
    }
    headerNames = names
  }

  /// The topic of one record, a valid topic name (MQTT 5.0 section 4.7.3), or why there is none.
  func render(_ values: borrowing Values) -> Result<[UInt8], SkipReasonError> {
    var text: [UInt8] = []
    for part in template.parts {
      switch part {
      case .literal(let bytes): text += bytes
      case .variable(let variable, let isMulti):
        if let reason = append(variable, isMulti, values, to: &text) { return .failure(SkipReasonError(reason)) }
      }
      if text.count > 65_535 { return .failure(SkipReasonError(.tooLong)) }
    }
    if text.first == UInt8(ascii: "$") { return .failure(SkipReasonError(.dollar)) }
    return .success(text)
  }

  private func append(
    _ variable: TemplateVariable, _ isMulti: Bool, _ values: borrowing Values, to text: inout [UInt8]
  ) -> SkipReason? {
    switch variable {
    case .key:
      guard let key = values.key else { return .noKey }
      return append(key, isMulti, to: &text)
    case .header(let name):
      guard let index = headerNames.firstIndex(of: name), let value = values.headers[index] else { return .noHeader }
      return append(value, isMulti, to: &text)
    case .topic: text += values.topic.utf8
    case .partition: text += String(values.partition).utf8
    case .offset: text += String(values.offset).utf8
    // Not in the vocabulary of this direction.
    case .capture, .client, .user, .certificate, .qos: break
    }
    return nil
  }

  private func append(_ value: UnsafeRawBufferPointer, _ isMulti: Bool, to text: inout [UInt8]) -> SkipReason? {
    guard value.count > 0 else { return .empty }
    guard value.count <= 65_535 else { return .tooLong }
    for byte in value {
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") { return .wildcard }
      if byte == UInt8(ascii: "/"), !isMulti { return .slash }
    }
    guard MQTTText.isAllowed(value) else { return .notText }
    text += value
    return nil
  }
}

/// Carries a reason in a `Result`.
struct SkipReasonError: Error {
  let reason: SkipReason
  init(_ reason: SkipReason) { self.reason = reason }
}
