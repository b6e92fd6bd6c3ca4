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
  /// Whether a value may hold slashes, so that only the topic itself shows how many levels it has. Otherwise all of its
  /// topics have as many levels as the template.
  let holdsManyLevels: Bool

  /// Parses `text`. Throws also when no record could make a valid topic name of it with at most so many levels.
  init(_ text: String, levelsMax: Int = KafkaBridgeLimits().topicLevelsMax) throws(MappingError) {
    template = try Template(text, .fromKafka)
    guard !template.parts.isEmpty else { throw MappingError("the template is empty: no topic can be made of it") }
    var names: [[UInt8]] = []
    var literal: [UInt8] = []
    var isMultiSomewhere = false
    for part in template.parts {
      switch part {
      case .literal(let bytes):
        try PublishTemplate.check(bytes)
        literal += bytes
      case .variable(let variable, let isMulti):
        isMultiSomewhere = isMultiSomewhere || isMulti
        if case .header(let name) = variable, !names.contains(name) { names.append(name) }
      }
    }
    if case .literal(let first) = template.parts[0], first.first == UInt8(ascii: "$") {
      throw MappingError("topics that begin with $ are the broker's own")
    }
    guard literal.count <= MQTTText.bytesMax else {
      throw MappingError("every topic would have more than \(MQTTText.bytesMax) bytes, as none may")
    }
    let levels = literal.count { $0 == UInt8(ascii: "/") } + 1
    guard levels <= levelsMax else {
      throw MappingError("every topic would have \(levels) levels or more; limits.topic_levels_max allows \(levelsMax)")
    }
    headerNames = names
    holdsManyLevels = isMultiSomewhere
  }

  private static func check(_ literal: [UInt8]) throws(MappingError) {
    guard literal.withUnsafeBytes({ MQTTText.isAllowed($0) }) else {
      throw MappingError("control characters and noncharacters can't be in a topic")
    }
    guard !literal.contains(UInt8(ascii: "+")), !literal.contains(UInt8(ascii: "#")) else {
      throw MappingError("+ and # can't be in a topic that is published to")
    }
  }

  /// Makes `text` the topic of one record, a valid topic name (MQTT 5.0 section 4.7.3), or says why there is none.
  func render(_ values: borrowing Values, into text: inout [UInt8]) -> SkipReason? {
    text.removeAll(keepingCapacity: true)
    for part in template.parts {
      switch part {
      case .literal(let bytes): text += bytes
      case .variable(let variable, let isMulti):
        if let reason = append(variable, isMulti, values, to: &text) { return reason }
      }
      if text.count > MQTTText.bytesMax { return .tooLong(bytes: text.count) }
    }
    return text.first == UInt8(ascii: "$") ? .dollar : nil
  }

  private func append(
    _ variable: TemplateVariable, _ isMulti: Bool, _ values: borrowing Values, to text: inout [UInt8]
  ) -> SkipReason? {
    switch variable {
    case .key:
      guard let key = values.key else { return .noKey }
      return append(key, of: variable, isMulti, to: &text)
    case .header(let name):
      guard let index = headerNames.firstIndex(of: name), let value = values.headers[index] else {
        return .noHeader(String(decoding: name, as: UTF8.self))
      }
      return append(value, of: variable, isMulti, to: &text)
    case .topic: text += values.topic.utf8
    case .partition: text += String(values.partition).utf8
    case .offset: text += String(values.offset).utf8
    // Not in the vocabulary of this direction.
    case .capture, .client, .user, .certificate, .qos: break
    }
    return nil
  }

  private func append(
    _ value: UnsafeRawBufferPointer, of variable: TemplateVariable, _ isMulti: Bool, to text: inout [UInt8]
  ) -> SkipReason? {
    guard value.count > 0 else { return .empty(variable.text) }
    guard value.count <= MQTTText.bytesMax else { return .tooLong(bytes: value.count) }
    for byte in value {
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") { return .wildcard(variable.text) }
      if byte == UInt8(ascii: "/"), !isMulti { return .slash(variable.text) }
    }
    guard MQTTText.isAllowed(value) else { return .notText(variable.text) }
    text += value
    return nil
  }
}
