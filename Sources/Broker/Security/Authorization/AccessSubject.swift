/// To whom an access rule applies. Names are literal but for `*`, as in ``AccessMember``.
public enum AccessSubject: Sendable, Hashable {
  /// The members of the group of that name.
  case group(String)
  /// Clients that proved this user name.
  case user(String)
  /// Clients with this client identifier. A client chooses its identifier itself unless
  /// ``AuthenticationPolicy/clientIDBinding`` ties it to a proven name.
  case client(String)
  /// Clients with this certificate name.
  case certificate(String)
  /// Every client that was let in, also an anonymous one.
  case everyone

  /// The subject as it reads in the access file.
  var text: String {
    switch self {
    case .group(let name): "group: \(name)"
    case .user(let name): "user: \(name)"
    case .client(let name): "client: \(name)"
    case .certificate(let name): "certificate: \(name)"
    case .everyone: "everyone"
    }
  }
}
