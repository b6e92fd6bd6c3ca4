import TLS

/// Finds out who a client of a listener is.
///
/// What counts, in this order:
/// 1. The client identifier must be fit for a name: no control character, not longer than
///    ``AccessLimits/nameBytesMax``.
/// 2. The client's address must be one that its certificate names where the policy binds it.
/// 3. A certificate that the listener verified names the client, where the policy accepts certificates. A certificate
///    without the name that the policy asks for is refused, not ignored.
/// 4. A password that is given must be right, also beside a certificate: a wrong one is never rescued by anything else,
///    nor is one without a user name. An absent password is never the empty one.
/// 5. A user name that nothing proves is ignored where the client is let in without it, unless the policy refuses those
///    (``UnprovenUserNames``): one without a password, an empty one, and any where there is nothing to judge a password
///    by and anonymous clients are let in.
/// 6. A client that has proven no name is anonymous, if the policy allows that.
/// 7. The client identifier must be the proven name where the policy binds it.
///
/// A client that gave both has both names, and rules for either apply.
///
/// Immutable but for its cache of verified passwords; any thread may use it. A changed password file means a new
/// authenticator.
public final class Authenticator: Sendable {
  private let policy: AuthenticationPolicy
  private let hashing: any PasswordHashing
  private let cache: VerifiedPasswordCache
  private let cacheKey: [UInt8]

  /// Makes an authenticator with an empty cache and a random key for it.
  public convenience init(_ policy: AuthenticationPolicy) {
    self.init(policy, hashing: TLSPasswordHashing(), cacheKey: SecureRandom.bytes(32))
  }

  init(
    _ policy: AuthenticationPolicy, hashing: any PasswordHashing, cacheKey: [UInt8],
    cache: VerifiedPasswordCache = VerifiedPasswordCache()
  ) {
    self.policy = policy
    self.hashing = hashing
    self.cacheKey = cacheKey
    self.cache = cache
  }

  /// Whether ``authenticate(_:)`` will compute a slow password hash (tens of milliseconds): call it off the event loop
  /// then. False once the same password of the same user was found right, and whenever no password has to be checked.
  public func needsWorker(_ credentials: Credentials) -> Bool {
    guard case .verify(let check, _) = examine(credentials) else { return false }
    return !cache.contains(check.key)
  }

  /// Decides. Takes tens of milliseconds when ``needsWorker(_:)`` is true, else microseconds. Never throws: whatever
  /// goes wrong is a refusal.
  public func authenticate(_ credentials: Credentials) -> AuthenticationOutcome {
    switch examine(credentials) {
    case .refused(let refusal): return .refused(refusal)
    case .accepted(let identity): return .accepted(identity)
    case .verify(let check, let identity):
      if cache.contains(check.key) { return .accepted(identity) }
      let matches = hashing.verify(check.password, against: check.hash)
      guard matches, check.isKnownUser else {
        let what = check.isKnownUser ? "wrong password for user" : "unknown user"
        return .refused(AuthenticationRefusal(.badUserNameOrPassword, "\(what) \"\(printable(check.user))\""))
      }
      cache.insert(check.key)
      return .accepted(identity)
    }
  }

  // MARK: what can be said without a hash

  private enum Step {
    case refused(AuthenticationRefusal)
    case accepted(Identity)
    case verify(PasswordCheck, Identity)
  }

  private struct PasswordCheck {
    let user: String
    let password: [UInt8]
    let hash: String
    /// False when the hash is another user's, computed only so that an unknown user takes as long as a wrong password.
    let isKnownUser: Bool
    let key: VerifiedPasswordCache.Key
  }

  private func examine(_ credentials: Credentials) -> Step {
    if let problem = Self.problem(inName: credentials.clientID) {
      return .refused(AuthenticationRefusal(.clientIdentifierNotValid, "the client identifier \(problem)"))
    }
    if let refusal = addressRefusal(credentials) { return .refused(refusal) }
    var certificateName: String?
    if policy.acceptsCertificates, let certificate = credentials.certificate {
      let source = policy.certificateNameSource
      guard let name = certificate.name(from: source), !name.isEmpty else {
        return .refused(AuthenticationRefusal(.notAuthorized, "the certificate has no \(source.phrase)"))
      }
      if let problem = Self.problem(inName: name) {
        return .refused(AuthenticationRefusal(.notAuthorized, "the certificate's \(source.phrase) \(problem)"))
      }
      certificateName = name
    }
    let claim = claim(in: credentials, isNamed: certificateName != nil)
    let identity = Identity(
      clientID: credentials.clientID, userName: claim.userName, certificateName: certificateName,
      certificateNameSource: policy.certificateNameSource, listener: credentials.listener)
    if case .untenable(let explanation) = claim {
      return .refused(AuthenticationRefusal(.badUserNameOrPassword, explanation))
    }
    if let refusal = bindingRefusal(identity) { return .refused(refusal) }
    switch claim {
    case .user(let user, let password): return check(user, password, identity)
    case .untenable, .nothing:
      if !identity.isAnonymous || policy.allowsAnonymous { return .accepted(identity) }
      let missing = policy.acceptsCertificates ? "no certificate and no user name" : "no user name"
      return .refused(AuthenticationRefusal(.notAuthorized, "\(missing), and anonymous clients are not allowed"))
    }
  }

  /// What user name and password say.
  private enum Claim {
    /// Nothing that counts.
    case nothing
    /// A name, and what is to prove it.
    case user(String, password: [UInt8])
    /// What can't be right, and why.
    case untenable(String)

    var userName: String? { if case .user(let name, _) = self { name } else { nil } }
  }

  /// `isNamed`: a certificate lets the client in anyway.
  private func claim(in credentials: Credentials, isNamed: Bool) -> Claim {
    if isIgnored(credentials, isNamed: isNamed) { return .nothing }
    switch (credentials.userName, credentials.password) {
    case (nil, nil): return .nothing
    case (nil, _?): return .untenable("a password without a user name")
    case (let user?, nil): return .untenable("no password for user \"\(printable(user))\"")
    case (let user?, let password?):
      if let problem = Self.problem(inName: user) { return .untenable("the user name \(problem)") }
      return .user(user, password: password)
    }
  }

  private func isIgnored(_ credentials: Credentials, isNamed: Bool) -> Bool {
    switch policy.unprovenUserNames {
    case .refuse: return false
    case .ignore: break
    }
    guard isNamed || policy.allowsAnonymous else { return false }
    guard let password = credentials.password else { return true }
    if credentials.userName == "", password.isEmpty { return true }
    return policy.allowsAnonymous && policy.passwordFile == nil
  }

  private func check(_ user: String, _ password: [UInt8], _ identity: Identity) -> Step {
    guard let file = policy.passwordFile else {
      let explanation = "user \"\(printable(user))\", but there is no password file to check it with"
      return .refused(AuthenticationRefusal(.badUserNameOrPassword, explanation))
    }
    let known = file.hash(ofUser: user)
    // Which other hash is taken for an unknown user depends on the name, so that asking twice takes the same time
    // twice.
    guard let hash = known ?? file.standInHash(forUser: mac(Array(user.utf8))) else {
      let explanation = "unknown user \"\(printable(user))\": the password file has no users"
      return .refused(AuthenticationRefusal(.badUserNameOrPassword, explanation))
    }
    let check = PasswordCheck(
      user: user, password: password, hash: hash, isKnownUser: known != nil,
      key: VerifiedPasswordCache.Key(mac(Self.joined([Array(user.utf8), Array(hash.utf8), password]))))
    return .verify(check, identity)
  }

  private func bindingRefusal(_ identity: Identity) -> AuthenticationRefusal? {
    let (name, what): (String?, String)
    switch policy.clientIDBinding {
    case .any: return nil
    case .userName: (name, what) = (identity.userName, "user name")
    case .certificateName: (name, what) = (identity.certificateName, "certificate name")
    }
    if let name, name.utf8.elementsEqual(identity.clientID.utf8) { return nil }
    let found = name.map { "\"\(printable($0))\"" } ?? "missing"
    return AuthenticationRefusal(
      .clientIdentifierNotValid, "the client identifier must be the \(what), which is \(found)")
  }

  private func addressRefusal(_ credentials: Credentials) -> AuthenticationRefusal? {
    switch policy.clientAddressBinding {
    case .any: return nil
    case .certificate: break
    }
    guard let certificate = credentials.certificate else {
      return AuthenticationRefusal(.notAuthorized, "no certificate, which must name the client's address")
    }
    let names = certificate.addressNames
    let peer = NetworkAddress(ofPeer: credentials.remoteAddress)
    if let peer, names.contains(where: { NetworkAddress($0) == peer }) { return nil }
    let found = names.isEmpty ? "none" : names.map { "\"\(printable($0))\"" }.joined(separator: ", ")
    return AuthenticationRefusal(
      .notAuthorized, "the certificate does not name the address that the client has; it names \(found)")
  }

  private static func problem(inName name: String) -> String? {
    if name.utf8.count > AccessLimits.nameBytesMax { return "is longer than \(AccessLimits.nameBytesMax) bytes" }
    return name.unicodeScalars.contains(where: isControl) ? "contains a control character" : nil
  }

  // MARK: keys of the cache

  /// Each part after its length, so that no two lists of parts are the same bytes.
  private static func joined(_ parts: [[UInt8]]) -> [UInt8] {
    var result: [UInt8] = []
    for part in parts {
      withUnsafeBytes(of: UInt64(part.count).littleEndian) { result.append(contentsOf: $0) }
      result.append(contentsOf: part)
    }
    return result
  }

  private func mac(_ message: [UInt8]) -> [UInt8] { Digest.hmacSHA256(key: cacheKey, message) }
}
