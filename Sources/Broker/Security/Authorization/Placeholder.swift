/// What a filter of an access rule may leave open until a client connects.
enum Placeholder: String, CaseIterable {
  case client
  case user
  case certificate

  /// The placeholder as written in a filter.
  var text: String { "{\(rawValue)}" }

  /// The value for this client, or nil when it has none.
  func value(of identity: Identity) -> String? {
    switch self {
    case .client: identity.clientID
    case .user: identity.userName
    case .certificate: identity.certificateName
    }
  }

  /// Whether a value can stand as one literal level. With a slash or a wildcard in it a client could choose a name that
  /// reaches into the topics of others (CVE-2017-7650); a leading `$` in the first level would open the broker's own.
  static func fits(_ value: some Sequence<UInt8>, isFirstLevel: Bool) -> Bool {
    var isFirst = true
    for byte in value {
      switch byte {
      case 0, FilterSyntax.slash, FilterSyntax.plus, FilterSyntax.hash: return false
      case FilterSyntax.dollar where isFirst && isFirstLevel: return false
      default: isFirst = false
      }
    }
    return !isFirst
  }
}
