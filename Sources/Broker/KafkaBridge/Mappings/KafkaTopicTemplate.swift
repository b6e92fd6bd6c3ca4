internal import KafkaClient

/// The template of a Kafka topic's name: a template that can give a legal name for some publish that its mapping's
/// filter matches.
struct KafkaTopicTemplate: Sendable {
  let template: Template
  /// The template's text, for people.
  let text: String
  /// What is probably not meant, although it can give a legal name.
  let doubt: String?

  /// Parses `text`. Throws also when no publish could give a legal name: which part can't be, and why.
  init(_ text: String, of filter: TopicFilter) throws(MappingError) {
    self.text = text
    let template = try Template(text, .toKafka(captures: filter.captures))
    self.template = template
    var names = [UInt8]()
    var isConstant = true
    for part in template.parts {
      switch part {
      case .literal(let bytes):
        try KafkaTopicTemplate.check(literal: bytes, in: text)
        names += bytes
      case .variable(let variable, let isMulti):
        if isMulti {
          throw MappingError(
            "the name of a Kafka topic holds no slash, so a variable of it takes one level: write {name}, not {name...}"
          )
        }
        if case .topic = variable, let literal = try filter.topicAsName() {
          names += literal
        } else {
          isConstant = false
          // A QoS has one digit; all others can be empty.
          if case .qos = variable { names.append(UInt8(ascii: "0")) }
        }
      }
    }
    guard isConstant ? KafkaTopic.isLegal(name: names) : names.count <= KafkaTopic.nameBytesMax else {
      throw MappingError(
        "\"\(text)\" can't be a Kafka topic: 1 to \(KafkaTopic.nameBytesMax) of a-z A-Z 0-9 . _ - are allowed, and not "
          + "only . or ..")
    }
    doubt = template.parts.contains(.variable(.topic, isMulti: false)) ? filter.doubtAboutTopicAsName : nil
  }

  private static func check(literal: [UInt8], in text: String) throws(MappingError) {
    guard let wrong = literal.firstIndex(where: { !KafkaTopic.isLegal(name: [$0, UInt8(ascii: "a")]) }) else { return }
    let character = String(decoding: literal[wrong...], as: UTF8.self).first.map { String($0) } ?? ""
    throw MappingError(
      "\"\(text)\" can't be a Kafka topic: it holds \"\(character)\" and only a-z A-Z 0-9 . _ - are allowed")
  }

  /// Whether it has a part that is always the same: one that hasn't may give any name, and says nothing of them.
  var isNamed: Bool {
    template.parts.contains { if case .literal = $0 { true } else { false } }
  }

  /// Whether some publish might give this name. For a template with variables it says yes rather than no.
  func mayGive(_ name: [UInt8]) -> Bool {
    var rest = name[...]
    for (index, part) in template.parts.enumerated() {
      guard case .literal(let bytes) = part else { continue }
      if index == 0 {
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
      } else if index == template.parts.count - 1 {
        return rest.count >= bytes.count && rest.suffix(bytes.count).elementsEqual(bytes)
      } else {
        guard let found = rest.indices.first(where: { rest[$0...].starts(with: bytes) }) else { return false }
        rest = rest[(found + bytes.count)...]
      }
    }
    if case .literal = template.parts.last { return rest.isEmpty }
    return true
  }

  /// Names that it gives, for trying a pattern of names on them: the only one, or some of many.
  var samples: [String] {
    ["a", "1", "a-1"].map { sample in
      let bytes = template.parts.flatMap { part -> [UInt8] in
        if case .literal(let bytes) = part { bytes } else { Array(sample.utf8) }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension TopicFilter {
  /// For `{topic}` in the name of a Kafka topic: the only MQTT topic that the filter matches, or nil when there are
  /// more. Throws when each of them holds a slash.
  fileprivate func topicAsName() throws(MappingError) -> [UInt8]? {
    let levelsMin = isOpen ? levels.count - 1 : levels.count
    guard levelsMin < 2 else {
      throw MappingError(
        "{topic} holds a slash, as every MQTT topic does that the filter matches, and no Kafka topic does: name the "
          + "levels that you mean, such as {device}")
    }
    guard levels.count == 1, case .literal(let bytes) = levels[0] else { return nil }
    return bytes
  }

  /// Whether it matches topics of more levels than it has.
  private var isOpen: Bool { if case .multi = levels.last { true } else { false } }

  fileprivate var doubtAboutTopicAsName: String? {
    guard isOpen else { return nil }
    return "{topic} is a legal name for MQTT topics of one level only: all others that the filter matches are refused"
  }
}
