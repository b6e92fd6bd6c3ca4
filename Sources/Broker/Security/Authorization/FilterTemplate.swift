/// A checked filter of an access rule, ready to have a client's names put in.
struct FilterTemplate: Sendable {
  /// The filter's bytes in its simplest form, placeholders still as written. No brace occurs outside a placeholder, so
  /// two templates may be compared by ``FilterSyntax/contains(_:_:)`` as they are: a placeholder is a literal there.
  let bytes: [UInt8]
  /// The placeholders from left to right, each a whole level.
  let slots: [Slot]

  struct Slot: Sendable {
    let range: Range<Int>
    let placeholder: Placeholder
  }

  /// Checks a filter as written.
  init(_ text: String) throws(FilterTemplateError) {
    let utf8 = [UInt8](text.utf8)
    if let problem = FilterSyntax.problem(in: utf8.span, allowsWildcards: true) { throw .syntax(problem) }
    if utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw .controlCharacter }
    bytes = FilterSyntax.normalized(utf8)
    var slots: [Slot] = []
    var start = 0
    for level in bytes.split(separator: FilterSyntax.slash, omittingEmptySubsequences: false) {
      let range = start..<(start + level.count)
      start = range.upperBound + 1
      let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
      guard level.contains(where: { $0 == open || $0 == close }) else { continue }
      let name = level.dropFirst().dropLast()
      guard level.count > 2, level.first == open, level.last == close, !name.contains(open), !name.contains(close)
      else { throw .braces }
      let word = String(decoding: name, as: UTF8.self)
      guard let placeholder = Placeholder(rawValue: word) else { throw .unknownPlaceholder(word) }
      slots.append(Slot(range: range, placeholder: placeholder))
    }
    self.slots = slots
  }

  /// The filter for one client, its names put in as literal levels; nil when the filter doesn't apply to the client.
  ///
  /// A missing name means that the filter doesn't apply. So does a name that can't be one literal level, where the
  /// filter allows; where it denies, errors deny: any level is taken for the name, so that an odd name never escapes a
  /// deny.
  func filter(for identity: Identity, isDeny: Bool) -> [UInt8]? {
    if slots.isEmpty { return bytes }
    var result: [UInt8] = []
    var copied = 0
    for slot in slots {
      guard let value = slot.placeholder.value(of: identity), !value.isEmpty else { return nil }
      result.append(contentsOf: bytes[copied..<slot.range.lowerBound])
      if Placeholder.fits(value.utf8, isFirstLevel: slot.range.lowerBound == 0) {
        result.append(contentsOf: value.utf8)
      } else if isDeny {
        result.append(FilterSyntax.plus)
      } else {
        return nil
      }
      copied = slot.range.upperBound
    }
    result.append(contentsOf: bytes[copied...])
    return FilterSyntax.normalized(result)
  }
}
