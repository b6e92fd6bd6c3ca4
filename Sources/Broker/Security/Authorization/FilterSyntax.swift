/// The rules of topic names and topic filters as far as authorization depends on them (MQTT 5.0 section 4.7).
enum FilterSyntax {
  static let slash = UInt8(ascii: "/")
  static let plus = UInt8(ascii: "+")
  static let hash = UInt8(ascii: "#")
  static let dollar = UInt8(ascii: "$")

  /// Whether the bytes are a topic name or filter: not empty, no NUL, not too long or deep, and each wildcard (if
  /// allowed at all) alone in its level, `#` only in the last. One pass. UTF-8 is the decoder's to check.
  static func problem(in bytes: Span<UInt8>, allowsWildcards: Bool) -> Problem? {
    if bytes.isEmpty { return .empty }
    if bytes.count > AccessLimits.topicBytesMax { return .tooLong }
    var levels = 1
    for index in bytes.indices {
      switch bytes[index] {
      case 0: return .nul
      case slash:
        levels += 1
        if levels > AccessLimits.levelsMax { return .tooDeep }
      case plus, hash:
        if !allowsWildcards { return .wildcardInTopic }
        let startsLevel = index == 0 || bytes[index - 1] == slash
        let isLast = index == bytes.count - 1
        if !startsLevel || !(isLast || bytes[index + 1] == slash) { return .wildcardNotAlone }
        if bytes[index] == hash, !isLast { return .hashNotLast }
      default: break
      }
    }
    return nil
  }

  /// Whether every topic that `inner` matches is matched by `outer`; both must be valid.
  ///
  /// A topic name is a filter without wildcards, so this is the match of a topic as well. Linear in the shorter of the
  /// two, without recursion or allocation. Topics that begin with `$` are matched by no leading wildcard
  /// [MQTT-4.7.2-1]. Exact, if `outer` went through ``normalized(_:)``.
  static func contains(_ outer: Span<UInt8>, _ inner: Span<UInt8>) -> Bool {
    let isDollar = !inner.isEmpty && inner[0] == dollar
    if isDollar && (outer.isEmpty || outer[0] != dollar) { return false }
    var o = 0
    var i = 0
    while true {
      if o < outer.count, outer[o] == hash { return true }
      if i < inner.count, inner[i] == hash {
        // No topic is empty, so one that `/#` matches has a second level: `/#` is `/+/#`.
        return inner.count == 2 && outer.count == o + 3 && outer[o] == plus && outer[o + 2] == hash
      }
      if o < outer.count, outer[o] == plus {
        o += 1
        while i < inner.count, inner[i] != slash { i += 1 }
      } else {
        while o < outer.count, outer[o] != slash {
          guard i < inner.count, inner[i] == outer[o] else { return false }
          o += 1
          i += 1
        }
        if i < inner.count, inner[i] != slash { return false }
      }
      // Both stand at the end of a level now. "a/#" matches "a" as well [MQTT-4.7.1-2].
      if i == inner.count { return o == outer.count || (o + 2 == outer.count && outer[o + 1] == hash) }
      if o == outer.count { return false }
      o += 1
      i += 1
    }
  }

  /// The filter in its simplest form: `+/#` is `#`, since every topic has a first level.
  static func normalized(_ filter: [UInt8]) -> [UInt8] {
    filter == [plus, slash, hash] ? [hash] : filter
  }

  /// Where the inner filter of `$share/GROUP/FILTER` begins (MQTT 5.0 section 4.8.2): 0 when the subscription is not a
  /// shared one, nil when it is one with a bad group name or without a filter.
  static func innerFilterStart(_ filter: Span<UInt8>) -> Int? {
    let prefix: StaticString = "$share/"
    guard filter.count >= prefix.utf8CodeUnitCount else { return 0 }
    for index in 0..<prefix.utf8CodeUnitCount where filter[index] != prefix.utf8Start[index] { return 0 }
    let group = prefix.utf8CodeUnitCount
    var end = group
    while end < filter.count, filter[end] != slash {
      if filter[end] == plus || filter[end] == hash || filter[end] == 0 { return nil }
      end += 1
    }
    return end > group && end + 1 < filter.count ? end + 1 : nil
  }
}

extension FilterSyntax {
  /// What is wrong with a topic name or filter.
  enum Problem: Error {
    case empty
    case tooLong
    case tooDeep
    case nul
    case wildcardInTopic
    case wildcardNotAlone
    case hashNotLast

    /// The problem for a person; it follows the filter's text.
    var message: String {
      switch self {
      case .empty: "is empty"
      case .tooLong: "is longer than \(AccessLimits.topicBytesMax) bytes"
      case .tooDeep: "has more than \(AccessLimits.levelsMax) levels"
      case .nul: "contains the character NUL"
      case .wildcardInTopic: "is a topic name with a wildcard"
      case .wildcardNotAlone: "has a wildcard that is not a whole level: write + or # alone between slashes"
      case .hashNotLast: "has a # that is not the last level"
      }
    }
  }
}
