/// Why no MQTT message can be made of a record.
enum SkipReason: Error, Sendable, Hashable {
  case noKey
  /// A header of this name.
  case noHeader(String)
  /// The variable whose value it is, as in the template: `{key}`.
  case empty(String), slash(String), notText(String), wildcard(String)
  case dollar
  case tooLong(bytes: Int)
  case tooManyLevels(Int, max: Int)
  case tooLarge(bytes: Int, max: Int)

  /// The same for records that are skipped for one reason, whatever else they hold.
  enum Kind: Sendable, Hashable { case noKey, noHeader, empty, slash, notText, wildcard, dollar, tooLong, levels, size }

  var kind: Kind {
    switch self {
    case .noKey: .noKey
    case .noHeader: .noHeader
    case .empty: .empty
    case .slash: .slash
    case .notText: .notText
    case .wildcard: .wildcard
    case .dollar: .dollar
    case .tooLong: .tooLong
    case .tooManyLevels: .levels
    case .tooLarge: .size
    }
  }

  var explanation: String {
    switch self {
    case .noKey: "the topic template wants a key, and the record has none"
    case .noHeader(let name): "the topic template wants the header \(name), and the record has none of that name"
    case .empty(let variable): "the value of \(variable) for the topic is empty"
    case .slash(let variable):
      "the value of \(variable) for the topic holds a slash; write \(variable.dropLast())...} in the template where "
        + "that is meant"
    case .notText(let variable):
      "the value of \(variable) for the topic is not UTF-8 text, or holds control characters or noncharacters"
    case .wildcard(let variable): "the value of \(variable) for the topic holds + or #"
    case .dollar: "the topic would begin with $, which is the broker's own"
    case .tooLong(let bytes): "the topic would have \(bytes) bytes or more; 65535 are the most"
    case .tooManyLevels(let count, let max):
      "the topic would have \(count) levels; limits.topic_levels_max allows \(max)"
    case .tooLarge(let bytes, let max): "the message would have \(bytes) bytes; no MQTT packet has more than \(max)"
    }
  }
}
