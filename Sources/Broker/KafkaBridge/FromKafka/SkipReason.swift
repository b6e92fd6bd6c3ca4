/// Why no MQTT message can be made of a record.
enum SkipReason: Sendable, Hashable {
  case noKey, noHeader, empty, slash, notText, wildcard, dollar, tooLong

  var explanation: String {
    switch self {
    case .noKey: "the topic template wants a key, and the record has none"
    case .noHeader: "the topic template wants a header that the record doesn't have"
    case .empty: "a value for the topic is empty"
    case .slash: "a value for the topic holds a slash; write {name...} in the template where that is meant"
    case .notText: "a value for the topic is not UTF-8 text, or holds control characters"
    case .wildcard: "a value for the topic holds + or #"
    case .dollar: "the topic would begin with $, which is the broker's own"
    case .tooLong: "the topic would be longer than 65535 bytes"
    }
  }
}
