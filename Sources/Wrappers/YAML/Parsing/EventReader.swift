import CYAML

/// libyaml's parser over a checked text. Owns the C object and the bytes that it reads.
struct EventReader: ~Copyable {
  private let text: SourceText
  // Both are allocated, not stored in place: libyaml keeps the parser's own address and the input's.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let isReady: Bool

  init(text: SourceText) {
    self.text = text
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    input = .allocate(capacity: max(text.bytes.count, 1))  // libyaml asserts that there is an address
    _ = input.initialize(fromContentsOf: text.bytes)
    isReady = yaml_parser_initialize(parser) == 1
    if isReady {
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, input.baseAddress, text.bytes.count)
    }
  }

  deinit {
    if isReady { yaml_parser_delete(parser) }
    parser.deallocate()
    input.deallocate()
  }

  /// The next event, or the syntax error that ends the reading.
  mutating func next() throws(YAMLError) -> ParseEvent {
    var event = yaml_event_t()
    guard isReady, yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    let start = place(event.start_mark)
    switch event.type {
    case YAML_SCALAR_EVENT: return try scalar(event, at: start)
    case YAML_ALIAS_EVENT:
      return ParseEvent(kind: .alias(name: String(cString: event.data.alias.anchor)), place: start)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      return ParseEvent(kind: .sequenceStart, place: start, isAnchored: data.anchor != nil, isTagged: data.tag != nil)
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      return ParseEvent(kind: .mappingStart, place: start, isAnchored: data.anchor != nil, isTagged: data.tag != nil)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return ParseEvent(kind: .collectionEnd, place: start)
    case YAML_DOCUMENT_START_EVENT: return ParseEvent(kind: .documentStart, place: start)
    case YAML_DOCUMENT_END_EVENT: return ParseEvent(kind: .documentEnd, place: start)
    case YAML_STREAM_END_EVENT: return ParseEvent(kind: .streamEnd, place: start)
    default: return ParseEvent(kind: .other, place: start)
    }
  }

  private func scalar(_ event: yaml_event_t, at start: YAMLPlace) throws(YAMLError) -> ParseEvent {
    let data = event.data.scalar
    guard data.length <= text.limits.scalarBytesMax else {
      throw YAMLError(place: start, message: "this value is longer than \(text.limits.scalarBytesMax) bytes")
    }
    let value = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    let style: YAMLScalar.Style = data.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
    return ParseEvent(
      kind: .scalar(YAMLScalar(text: value, style: style)), place: start, isAnchored: data.anchor != nil,
      isTagged: data.tag != nil)
  }

  private func place(_ mark: yaml_mark_t) -> YAMLPlace {
    YAMLPlace(file: text.file, line: mark.line + 1, column: mark.column + 1)
  }

  private func syntaxError() -> YAMLError {
    let state = parser.pointee
    guard isReady, state.error != YAML_MEMORY_ERROR else {
      return YAMLError(place: place(yaml_mark_t()), message: "out of memory while the file was read")
    }
    let fault = SyntaxFault(
      problem: state.problem.map { String(cString: $0) } ?? "",
      context: state.context.map { String(cString: $0) } ?? "",
      contextLine: state.context_mark.line + 1, character: text.character(at: state.problem_mark.index))
    return YAMLError(place: place(state.problem_mark), message: fault.explanation)
  }
}
