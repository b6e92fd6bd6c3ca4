/// Finds in a regular expression what Perl, Java or Python have and POSIX extended expressions have not. Some of it
/// would be an error there, most would silently mean something else (`\d` is a `d`).
///
/// A value without state, linear in the text.
struct PatternDialect {
  private let bytes: [UInt8]
  private var at = 0
  /// Whether a `{` is open, so that the next `}` ends a repetition.
  private var isInRepetition = false

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The first thing that POSIX doesn't know, with its place and what to write; nil when there is none.
  static func firstStranger(in text: String) -> KafkaPatternError? {
    var dialect = PatternDialect(text)
    while dialect.at < dialect.bytes.count {
      if let error = dialect.step() { return error }
    }
    return nil
  }

  private func byte(_ offset: Int) -> UInt8? { bytes.indices.contains(at + offset) ? bytes[at + offset] : nil }

  private func text(_ count: Int) -> String {
    String(decoding: bytes[at..<min(at + count, bytes.count)], as: UTF8.self)
  }

  private func error(_ length: Int, _ advice: String) -> KafkaPatternError {
    KafkaPatternError(
      offset: at,
      reason: "\(text(length)) at character \(at + 1) of the topic pattern is not known to POSIX extended regular "
        + "expressions, which Kafka's client has: \(advice)")
  }

  private mutating func step() -> KafkaPatternError? {
    switch bytes[at] {
    case UInt8(ascii: "\\"):
      if let error = escape() { return error }
      at += 2
      return nil
    case UInt8(ascii: "["): return brackets()
    case UInt8(ascii: "("):
      if byte(1) == UInt8(ascii: "?") { return group() }
    case UInt8(ascii: "{"): isInRepetition = true
    case UInt8(ascii: "}"):
      let wasRepetition = isInRepetition
      isInRepetition = false
      if wasRepetition, let error = manner() { return error }
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
      if let error = manner() { return error }
    default: break
    }
    at += 1
    return nil
  }

  /// A repetition that is to take as little as it can, or to give nothing back.
  private func manner() -> KafkaPatternError? {
    switch byte(1) {
    case UInt8(ascii: "?"):
      error(2, "each repetition takes all it can; leave the second ? out, or say what may come: [^.]*")
    case UInt8(ascii: "+"): error(2, "leave the second + out")
    default: nil
    }
  }

  private func escape() -> KafkaPatternError? {
    guard let escaped = byte(1) else { return nil }
    switch escaped {
    case UInt8(ascii: "d"): return error(2, "write [0-9]")
    case UInt8(ascii: "D"): return error(2, "write [^0-9]")
    case UInt8(ascii: "w"): return error(2, "write [A-Za-z0-9_]")
    case UInt8(ascii: "W"): return error(2, "write [^A-Za-z0-9_]")
    case UInt8(ascii: "s"), UInt8(ascii: "h"), UInt8(ascii: "v"), UInt8(ascii: "t"), UInt8(ascii: "n"):
      return error(2, "no topic holds white space; leave it out")
    case UInt8(ascii: "S"): return error(2, "no topic holds white space; write a dot for any character")
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "<"), UInt8(ascii: ">"):
      return error(2, "there are no word borders; say what stands there, for example [._-]")
    case UInt8(ascii: "A"), UInt8(ascii: "`"): return error(2, "a pattern begins with ^")
    case UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "'"): return error(2, "write $ for the end")
    case UInt8(ascii: "p"), UInt8(ascii: "P"): return error(2, "write the characters, for example [[:alpha:]] or [A-Z]")
    case UInt8(ascii: "Q"), UInt8(ascii: "E"): return error(2, "write a backslash before each dot instead")
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return error(2, "nothing refers back to a group; write out what it stands for")
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return error(2, "a backslash makes plain characters of . ^ $ * + ? ( ) [ { | and itself only")
    default: return nil
    }
  }

  private func group() -> KafkaPatternError {
    let lookaround = "a pattern can't look ahead or back; list what is meant, or use several mappings"
    return switch (byte(2), byte(3)) {
    case (UInt8(ascii: ":"), _), (UInt8(ascii: ">"), _): error(3, "write a plain group: ( )")
    case (UInt8(ascii: "="), _), (UInt8(ascii: "!"), _): error(3, lookaround)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: "<"), UInt8(ascii: "!")): error(4, lookaround)
    case (UInt8(ascii: "<"), _), (UInt8(ascii: "P"), _), (UInt8(ascii: "'"), _):
      error(3, "groups have no names; write a plain group: ( )")
    case (UInt8(ascii: "#"), _): error(3, "there are no comments; leave it out")
    default: error(3, "there are no switches; write [Aa] where both letters are meant")
    }
  }

  /// Passes over a bracket expression, in which a backslash is itself.
  private mutating func brackets() -> KafkaPatternError? {
    let open = at
    at += 1
    if byte(0) == UInt8(ascii: "^") { at += 1 }
    let isClassAlone = byte(0) == UInt8(ascii: ":")
    if byte(0) == UInt8(ascii: "]") { at += 1 }
    while let next = byte(0), next != UInt8(ascii: "]") {
      switch (next, byte(1)) {
      case (UInt8(ascii: "["), UInt8(ascii: ":")?), (UInt8(ascii: "["), UInt8(ascii: ".")?),
        (UInt8(ascii: "["), UInt8(ascii: "=")?):
        passNamed(closing: bytes[at + 1])
      case (UInt8(ascii: "\\"), let escaped?) where Self.isLetterOrDigit(escaped):
        return error(2, Self.adviceInBrackets(escaped))
      case (UInt8(ascii: "&"), UInt8(ascii: "&")?):
        return error(2, "sets can't be intersected; write the characters that are meant")
      default: at += 1
      }
    }
    if isClassAlone, at > open + 2, byte(-1) == UInt8(ascii: ":"), byte(0) != nil {
      at = open
      return error(2, "a class stands in a second pair of brackets: [[:alpha:]]")
    }
    at += 1
    return nil
  }

  /// Passes over `[:alpha:]`, `[.a.]` or `[=a=]`; one that never ends is regcomp's to tell.
  private mutating func passNamed(closing: UInt8) {
    at += 2
    while let next = byte(0), !(next == closing && byte(1) == UInt8(ascii: "]")) { at += 1 }
    at += 2
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }

  private static func adviceInBrackets(_ escaped: UInt8) -> String {
    let what = "in brackets a backslash is one of the characters"
    return switch escaped {
    case UInt8(ascii: "d"): "\(what); write 0-9"
    case UInt8(ascii: "w"): "\(what); write A-Za-z0-9_"
    case UInt8(ascii: "s"): "\(what), and no topic holds white space; leave it out"
    default: "\(what); write the characters that are meant"
    }
  }
}
