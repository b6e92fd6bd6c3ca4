/// Text with `{names}` in it, parsed once. `{{` and `}}` stand for the braces themselves.
struct Template: Sendable {
  enum Part: Sendable, Equatable {
    case literal([UInt8])
    /// `isMulti` is said by `{name...}`: the value may hold slashes.
    case variable(TemplateVariable, isMulti: Bool)
  }

  private(set) var parts: [Part] = []

  /// Whether an MQTT topic decides the whole text.
  var dependsOnTopicOnly: Bool {
    parts.allSatisfy {
      switch $0 {
      case .literal: true
      case .variable(let variable, _): variable.dependsOnTopicOnly
      }
    }
  }

  /// The text, when no variable is in it.
  var constant: [UInt8]? {
    if parts.isEmpty { return [] }
    guard parts.count == 1, case .literal(let bytes) = parts[0] else { return nil }
    return bytes
  }

  /// Parses `text`. Throws at which byte it is wrong, and what would be right there.
  init(_ text: String, _ vocabulary: TemplateVocabulary) throws(MappingError) {
    let bytes = Array(text.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var literal: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == open || byte == close, at + 1 < bytes.count, bytes[at + 1] == byte {
        literal.append(byte)
        at += 2
      } else if byte == open {
        guard let end = bytes[at...].firstIndex(of: close) else {
          throw MappingError(offset: at, "this { is never closed; write {{ for a brace")
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
        parts.append(try Template.parse(bytes[(at + 1)..<end], vocabulary))
        at = end + 1
      } else if byte == close {
        throw MappingError(offset: at, "this } closes nothing; write }} for a brace")
      } else {
        literal.append(byte)
        at += 1
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
  }

  private static func parse(_ inner: ArraySlice<UInt8>, _ vocabulary: TemplateVocabulary) throws(MappingError) -> Part {
    let offset = inner.startIndex
    var name = String(decoding: inner, as: UTF8.self)
    let isMulti = name.hasSuffix("...")
    if isMulti { name.removeLast(3) }
    if let bar = inner.firstIndex(of: UInt8(ascii: "|")) {
      let word = String(decoding: inner[(bar + 1)...], as: UTF8.self)
      throw MappingError(
        offset: bar + 1,
        "unknown word \"\(word)\" after |: a variable is a name alone, such as {\(name.prefix { $0 != "|" })}")
    }
    if vocabulary.knowsHeaders, name.hasPrefix("header:") {
      let header = Array(name.utf8.dropFirst("header:".utf8.count))
      guard !header.isEmpty else {
        throw MappingError(offset: offset, "{header:} names no header; write {header:name}")
      }
      return .variable(.header(header), isMulti: isMulti)
    }
    guard !name.isEmpty else { throw MappingError(offset: offset, "{} names nothing; write {{}} for braces") }
    guard let variable = vocabulary.variable(named: name) else {
      throw MappingError(offset: offset, vocabulary.explainUnknown(name))
    }
    return .variable(variable, isMulti: isMulti)
  }
}
