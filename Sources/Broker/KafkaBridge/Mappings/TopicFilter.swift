/// The filter of a mapping: an MQTT topic filter (MQTT 5.0 section 4.7) whose wildcards may capture what they match.
///
/// `{name}` is a `+` that is captured, `{name...}` a `#` that is captured; plain `+` and `#` are allowed.
struct TopicFilter: Sendable {
  enum Level: Sendable, Equatable {
    case literal([UInt8])
    /// `+`, captured under this number or not at all.
    case single(capture: Int?)
    /// `#`, captured under this number or not at all; always last.
    case multi(capture: Int?)
  }

  /// Most captures in one filter: more would name levels that no topic has.
  static let capturesMax = 32

  private(set) var levels: [Level] = []
  private(set) var captures: [String] = []

  init(_ text: String) throws(MappingError) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { throw MappingError("the filter is empty; # matches every topic") }
    guard bytes.count <= 65_535 else { throw MappingError("the filter is longer than 65535 bytes, as no topic is") }
    guard !bytes.contains(0) else { throw MappingError("the filter holds a NUL character") }
    guard bytes.first != UInt8(ascii: "$") else {
      throw MappingError("the filter begins with $ and can never match: no client publishes to such topics")
    }
    var start = 0
    while start <= bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
      if case .multi = levels.last {
        throw MappingError(offset: start, "nothing may follow # or {name...}: it matches all that is left")
      }
      levels.append(try parseLevel(bytes[start..<end]))
      start = end + 1
    }
  }

  /// Throws when only topics with more levels than a client may publish to could match.
  func check(levelsMax: Int) throws(MappingError) {
    var levelsMin = levels.count
    if case .multi = levels.last { levelsMin -= 1 }
    guard levelsMin <= levelsMax else {
      throw MappingError(
        "the filter has \(levelsMin) levels and can never match: limits.topic_levels_max allows \(levelsMax)")
    }
  }

  private mutating func parseLevel(_ level: ArraySlice<UInt8>) throws(MappingError) -> Level {
    let offset = level.startIndex
    if level.elementsEqual([UInt8(ascii: "+")]) { return .single(capture: nil) }
    if level.elementsEqual([UInt8(ascii: "#")]) { return .multi(capture: nil) }
    if let wild = level.firstIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
      throw MappingError(offset: wild, "+ and # must be a whole level between slashes")
    }
    guard let brace = level.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
      return .literal(Array(level))
    }
    guard brace == offset, level.first == UInt8(ascii: "{"), level.last == UInt8(ascii: "}"), level.count >= 3 else {
      throw MappingError(offset: brace, "a capture is {name} or {name...} and must be a whole level between slashes")
    }
    var name = String(decoding: level.dropFirst().dropLast(), as: UTF8.self)
    let isMulti = name.hasSuffix("...")
    if isMulti { name.removeLast(3) }
    guard TemplateVariable.isName(name) else {
      throw MappingError(
        offset: offset + 1, "\"\(name)\" can't name a capture: use letters, digits and _, beginning with a letter")
    }
    guard !TemplateVocabulary.reserved.contains(name) else {
      throw MappingError(
        offset: offset + 1, "{\(name)} has a meaning of its own in templates: give the capture another name")
    }
    guard !captures.contains(name) else { throw MappingError(offset: offset + 1, "two captures are named \(name)") }
    guard captures.count < TopicFilter.capturesMax else {
      throw MappingError(offset: offset, "a filter has at most \(TopicFilter.capturesMax) captures")
    }
    captures.append(name)
    return isMulti ? .multi(capture: captures.count - 1) : .single(capture: captures.count - 1)
  }

  /// The ranges of the topic's bytes that the captures take, by their numbers, or nil when the topic doesn't match, as
  /// none does that begins with `$` (MQTT-4.7.2-1).
  func match(_ topic: UnsafeRawBufferPointer) -> [Range<Int>]? {
    if topic.first == UInt8(ascii: "$") { return nil }
    var found = [Range<Int>](repeating: 0..<0, count: captures.count)
    // One past the end means that the topic's levels are used up.
    var start = 0
    for level in levels {
      if case .multi(let capture) = level {
        // `a/#` matches `a` as well; what it captures then is empty.
        if let capture { found[capture] = min(start, topic.count)..<topic.count }
        return found
      }
      guard start <= topic.count else { return nil }
      var end = start
      while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
      switch level {
      case .literal(let bytes):
        guard bytes.count == end - start, bytes.elementsEqual(topic[start..<end]) else { return nil }
      case .single(let capture):
        if let capture { found[capture] = start..<end }
      case .multi: break
      }
      start = end + 1
    }
    return start > topic.count ? found : nil
  }
}
