import TLS
import Testing

@testable import Security

struct AuthenticatorTests {
  private let hashing = CountingHashing()

  private func authenticator(
    _ change: (inout AuthenticationPolicy) -> Void = { _ in }, users: String? = "ann:$right\nbob:$\n",
    cache: VerifiedPasswordCache = VerifiedPasswordCache()
  ) throws -> Authenticator {
    var policy = AuthenticationPolicy()
    if let users { policy.passwordFile = try PasswordFile(text: users, path: "passwords", hashing: hashing) }
    change(&policy)
    return Authenticator(policy, hashing: hashing, cacheKey: [UInt8](repeating: 7, count: 32), cache: cache)
  }

  private func shows(
    _ user: String? = nil, _ password: String? = nil, certificate: PeerCertificate? = nil, clientID: String = "c1"
  ) -> Credentials {
    Credentials(
      clientID: clientID, userName: user, password: password.map { Array($0.utf8) }, certificate: certificate,
      listener: "mqtts", remoteAddress: "192.0.2.7:5000")
  }

  private func refusal(_ outcome: AuthenticationOutcome) -> AuthenticationRefusal.Reason? {
    if case .refused(let refusal) = outcome { refusal.reason } else { nil }
  }

  private func identity(_ outcome: AuthenticationOutcome) -> Identity? {
    if case .accepted(let identity) = outcome { identity } else { nil }
  }

  // MARK: anonymous

  @Test func `a policy that says nothing lets nobody in`() throws {
    let authenticator = try authenticator(users: nil)
    #expect(refusal(authenticator.authenticate(shows())) == .notAuthorized)
    #expect(refusal(authenticator.authenticate(shows("ann", "right"))) == .badUserNameOrPassword)
    #expect(refusal(authenticator.authenticate(shows(certificate: certificate()))) == .notAuthorized)
  }

  @Test func `an anonymous client gets in only where allowed, and without any name`() throws {
    let authenticator = try authenticator { $0.allowsAnonymous = true }
    let found = try #require(identity(authenticator.authenticate(shows())))
    #expect(found.isAnonymous)
    #expect(found.userName == nil && found.certificateName == nil && found.listener == "mqtts")
  }

  @Test func `where anonymous is allowed a password that can be judged still has to be right`() throws {
    let authenticator = try authenticator { $0.allowsAnonymous = true }
    for (user, password) in [("ann", "wrong"), ("ann", ""), ("eve", "x"), ("", "x"), (nil, "x"), (nil, "")] {
      #expect(refusal(authenticator.authenticate(shows(user, password))) == .badUserNameOrPassword)
    }
    let none = try self.authenticator({ $0.allowsAnonymous = true }, users: "# nobody")
    #expect(refusal(none.authenticate(shows("ann", "right"))) == .badUserNameOrPassword)
  }

  // MARK: user names that nothing proves

  static let unproven: [(user: String?, password: String?)] = [
    ("?SDK=Python&Version=1.2", nil), ("ann", nil), ("", nil), ("", ""), ("a\nb", nil),
    (String(repeating: "x", count: 1_025), nil),
  ]

  @Test(arguments: unproven)
  func `a user name without a password is ignored where the client is let in anyway`(
    user: String?, password: String?
  ) throws {
    let anonymous = try authenticator { $0.allowsAnonymous = true }
    let found = try #require(identity(anonymous.authenticate(shows(user, password))))
    #expect(found.isAnonymous && !anonymous.needsWorker(shows(user, password)))
    let byCertificate = try authenticator { $0.acceptsCertificates = true }
    let named = try #require(identity(byCertificate.authenticate(shows(user, password, certificate: certificate()))))
    #expect(named.userName == nil && named.certificateName == "sensor-1")
    // Nothing lets it in, so it is not; nor where it is to be refused.
    #expect(refusal(byCertificate.authenticate(shows(user, password))) == .badUserNameOrPassword)
    let strict = try authenticator {
      $0.allowsAnonymous = true
      $0.acceptsCertificates = true
      $0.unprovenUserNames = .refuse
    }
    #expect(refusal(strict.authenticate(shows(user, password))) == .badUserNameOrPassword)
    #expect(refusal(strict.authenticate(shows(user, password, certificate: certificate()))) == .badUserNameOrPassword)
  }

  @Test(arguments: [("ann", "right"), ("", "x"), (nil, "x")] as [(String?, String)])
  func `where nothing can judge a password an anonymous client may send one`(user: String?, password: String) throws {
    let open = try authenticator({ $0.allowsAnonymous = true }, users: nil)
    #expect(identity(open.authenticate(shows(user, password)))?.isAnonymous == true)
    let both = try authenticator(
      {
        $0.allowsAnonymous = true
        $0.acceptsCertificates = true
      }, users: nil)
    let named = identity(both.authenticate(shows(user, password, certificate: certificate())))
    #expect(named?.certificateName == "sensor-1" && named?.userName == nil)
    let strict = try authenticator(
      {
        $0.allowsAnonymous = true
        $0.unprovenUserNames = .refuse
      }, users: nil)
    #expect(refusal(strict.authenticate(shows(user, password))) == .badUserNameOrPassword)
    let closed = try authenticator({ $0.acceptsCertificates = true }, users: nil)
    #expect(refusal(closed.authenticate(shows(user, password, certificate: certificate()))) == .badUserNameOrPassword)
  }

  @Test func `a user name that nothing proves binds no client identifier, and no rule sees it`() throws {
    let bound = try authenticator {
      $0.allowsAnonymous = true
      $0.clientIDBinding = .userName
    }
    #expect(refusal(bound.authenticate(shows("ann", nil, clientID: "ann"))) == .clientIdentifierNotValid)
    let open = try authenticator { $0.allowsAnonymous = true }
    let unproven = try #require(identity(open.authenticate(shows("ann", nil))))
    #expect(unproven.isSamePrincipal(as: try #require(identity(open.authenticate(shows())))))
    #expect(!unproven.isSamePrincipal(as: try #require(identity(open.authenticate(shows("ann", "right"))))))
  }

  // MARK: passwords

  @Test func `the right password gives the user's name`() throws {
    let found = try #require(identity(authenticator().authenticate(shows("ann", "right"))))
    #expect(found.userName == "ann")
    #expect(!found.isAnonymous)
  }

  @Test(arguments: ["RIGHT", "Right", "right ", "righ", "", "right\0", "$right"])
  func `a password is compared exactly`(password: String) throws {
    #expect(refusal(try authenticator().authenticate(shows("ann", password))) == .badUserNameOrPassword)
  }

  @Test(arguments: ["Ann", "ANN", "ann ", " ann", "", "ann:", "an", "e\u{301}"])
  func `a user name is compared exactly`(user: String) throws {
    let authenticator = try authenticator(users: "ann:$right\n\u{E9}:$right\n")
    #expect(refusal(authenticator.authenticate(shows(user, "right"))) == .badUserNameOrPassword)
  }

  @Test func `an absent password is not the empty one`() throws {
    let authenticator = try authenticator()
    #expect(identity(authenticator.authenticate(shows("bob", "")))?.userName == "bob")
    #expect(refusal(authenticator.authenticate(shows("bob", nil))) == .badUserNameOrPassword)
    #expect(refusal(authenticator.authenticate(shows(nil, ""))) == .badUserNameOrPassword)
  }

  @Test func `an unknown user costs a hash as a wrong password does, and is told the same`() throws {
    let authenticator = try authenticator()
    #expect(authenticator.needsWorker(shows("eve", "right")))
    let unknown = authenticator.authenticate(shows("eve", "right"))
    #expect(hashing.slowCalls == 1)
    let wrong = authenticator.authenticate(shows("ann", "wrong"))
    #expect(hashing.slowCalls == 2)
    #expect(refusal(unknown) == refusal(wrong))
  }

  @Test func `an unknown user is refused even with the password of the user whose hash was taken`() throws {
    let authenticator = try authenticator(users: "ann:$right")
    for user in ["eve", "mallory", "x", "y"] {
      #expect(refusal(authenticator.authenticate(shows(user, "right"))) == .badUserNameOrPassword)
      #expect(authenticator.needsWorker(shows(user, "right")))
    }
  }

  @Test(arguments: ["", "# nobody\n\n# at all", "\n\n"])
  func `a file without users matches nobody`(text: String) throws {
    let authenticator = try authenticator(users: text)
    for user in ["ann", "", "#", "# nobody"] {
      #expect(refusal(authenticator.authenticate(shows(user, ""))) == .badUserNameOrPassword)
    }
    #expect(refusal(authenticator.authenticate(shows())) == .notAuthorized)
  }

  // MARK: the cache of verified passwords

  @Test func `a password once verified costs no hash again`() throws {
    let authenticator = try authenticator()
    #expect(authenticator.needsWorker(shows("ann", "right")))
    #expect(identity(authenticator.authenticate(shows("ann", "right"))) != nil)
    #expect(!authenticator.needsWorker(shows("ann", "right", clientID: "c2")))
    #expect(identity(authenticator.authenticate(shows("ann", "right", clientID: "c2")))?.clientID == "c2")
    #expect(hashing.slowCalls == 1)
  }

  @Test func `only that password of that user is remembered`() throws {
    let authenticator = try authenticator()
    _ = authenticator.authenticate(shows("ann", "right"))
    for (user, password) in [("ann", "wrong"), ("bob", "right"), ("annr", "ight"), ("an", "nright")] {
      #expect(authenticator.needsWorker(shows(user, password)))
      #expect(refusal(authenticator.authenticate(shows(user, password))) == .badUserNameOrPassword)
    }
    #expect(hashing.slowCalls == 5)
  }

  @Test func `a wrong password is never remembered`() throws {
    let authenticator = try authenticator()
    _ = authenticator.authenticate(shows("ann", "wrong"))
    #expect(authenticator.needsWorker(shows("ann", "wrong")))
  }

  @Test func `a changed hash makes a remembered password worthless`() throws {
    let cache = VerifiedPasswordCache()
    _ = try authenticator(cache: cache).authenticate(shows("ann", "right"))
    let changed = try authenticator(users: "ann:$other", cache: cache)
    #expect(changed.needsWorker(shows("ann", "right")))
    #expect(refusal(changed.authenticate(shows("ann", "right"))) == .badUserNameOrPassword)
  }

  @Test func `the cache is bounded, and forgets the oldest first`() {
    let cache = VerifiedPasswordCache(capacity: 3)
    let keys = (0..<5).map { VerifiedPasswordCache.Key([UInt8](repeating: UInt8($0), count: 32)) }
    for key in keys { cache.insert(key) }
    cache.insert(keys[4])
    #expect(keys.map(cache.contains) == [false, false, true, true, true])
  }

  // MARK: certificates

  @Test func `a verified certificate names the client without a hash`() throws {
    let authenticator = try authenticator { $0.acceptsCertificates = true }
    #expect(!authenticator.needsWorker(shows(certificate: certificate())))
    let found = try #require(identity(authenticator.authenticate(shows(certificate: certificate()))))
    #expect(found.certificateName == "sensor-1")
    #expect(found.certificateNameSource == .commonName)
    #expect(found.userName == nil && !found.isAnonymous)
  }

  @Test(
    arguments: [
      (.commonName, "sensor-1"), (.subject, "CN=sensor-1,O=Plant"), (.sanDNS, "one.example"),
      (.sanEmail, "one@example"), (.sanURI, "urn:one"),
    ] as [(CertificateNameSource, String)])
  func `the name comes from the part of the certificate that the policy names`(
    source: CertificateNameSource, name: String
  ) throws {
    let authenticator = try authenticator {
      $0.acceptsCertificates = true
      $0.certificateNameSource = source
    }
    let names: [SubjectAlternativeName] = [
      .ip("192.0.2.1"), .dns("one.example"), .uri("urn:one"), .dns("two.example"), .email("one@example"),
    ]
    let found = identity(authenticator.authenticate(shows(certificate: certificate(alternativeNames: names))))
    #expect(found?.certificateName == name)
    #expect(found?.certificateNameSource == source)
  }

  @Test func `a certificate without the asked name is refused, not taken for anonymous`() throws {
    let authenticator = try authenticator {
      $0.acceptsCertificates = true
      $0.allowsAnonymous = true
      $0.certificateNameSource = .sanDNS
    }
    #expect(refusal(authenticator.authenticate(shows(certificate: certificate()))) == .notAuthorized)
    #expect(identity(authenticator.authenticate(shows())) != nil)
  }

  @Test func `a certificate counts for nothing where the policy does not accept certificates`() throws {
    let found = identity(try authenticator().authenticate(shows("ann", "right", certificate: certificate())))
    #expect(found?.userName == "ann")
    #expect(found?.certificateName == nil)
  }

  @Test func `both proofs give both names`() throws {
    let authenticator = try authenticator { $0.acceptsCertificates = true }
    let found = identity(authenticator.authenticate(shows("ann", "right", certificate: certificate())))
    #expect(found?.userName == "ann")
    #expect(found?.certificateName == "sensor-1")
  }

  @Test(arguments: [("ann", "wrong"), ("eve", "x"), ("ann", ""), (nil, "right"), ("", "x")] as [(String?, String?)])
  func `a certificate never rescues a wrong password`(user: String?, password: String?) throws {
    let authenticator = try authenticator {
      $0.acceptsCertificates = true
      $0.allowsAnonymous = true
    }
    let outcome = authenticator.authenticate(shows(user, password, certificate: certificate()))
    #expect(refusal(outcome) == .badUserNameOrPassword)
  }

  // MARK: addresses

  /// From where a client comes, what its certificate names beside `sensor-1`, and whether it is let in.
  @Test(
    arguments: [
      ("192.0.2.7:5000", "192.0.2.7", [], true), ("192.0.2.7:5000", "192.0.2.70", [], false),
      ("192.0.2.7:5000", "sensor-1", [.ip("192.0.2.7")], true),
      ("192.0.2.7:5000", nil, [.ip("192.0.2.8"), .ip("192.0.2.7")], true),
      ("192.0.2.7:5000", "192.0.2.9", [.ip("192.0.2.8")], false),
      ("192.0.2.7:5000", "sensor-1", [.dns("192.0.2.7")], false), ("192.0.2.7:5000", nil, [], false),
      ("192.0.2.7:5000", " 192.0.2.7", [], false), ("192.0.2.7:5000", "192.0.2.7/32", [], false),
      ("192.0.2.7:5000", "192.0.2.07", [], false), ("192.0.2.7:5000", "192.0.2.7:5000", [], false),
      ("[::ffff:192.0.2.7]:5000", "192.0.2.7", [], true), ("192.0.2.7:5000", "::ffff:c000:207", [], true),
      ("[::ffff:192.0.2.7]:5000", "::ffff:192.0.2.7", [], true), ("[::192.0.2.7]:5000", "192.0.2.7", [], false),
      ("[2001:db8::7]:5000", "2001:DB8:0:0::7", [], true), ("[2001:db8::7]:5000", "2001:db8::8", [], false),
      ("[2001:db8::7]:5000", "sensor-1", [.ip("2001:db8::7")], true),
      ("[2001:db8::7]:5000", "2001:db8::7%eth0", [], false), ("[2001:db8::7]:5000", "[2001:db8::7]", [], false),
      ("", "", [], false), ("nowhere", "nowhere", [], false), (":1", "", [], false),
    ] as [(String, String?, [SubjectAlternativeName], Bool)])
  func `a bound address must be one that the certificate names, in whatever way it is written`(
    peer: String, commonName: String?, names: [SubjectAlternativeName], isIn: Bool
  ) throws {
    let authenticator = try authenticator { $0.clientAddressBinding = .certificate }
    let shown = Credentials(
      clientID: "c1", userName: "ann", password: Array("right".utf8),
      certificate: certificate(commonName: commonName, alternativeNames: names), listener: "mqtts", remoteAddress: peer)
    let outcome = authenticator.authenticate(shown)
    #expect((identity(outcome) != nil) == isIn)
    if !isIn { #expect(refusal(outcome) == .notAuthorized) }
  }

  @Test func `where the address is bound a client without a certificate is refused`() throws {
    let authenticator = try authenticator {
      $0.clientAddressBinding = .certificate
      $0.allowsAnonymous = true
    }
    #expect(refusal(authenticator.authenticate(shows())) == .notAuthorized)
    #expect(refusal(authenticator.authenticate(shows("ann", "right"))) == .notAuthorized)
    #expect(!authenticator.needsWorker(shows("ann", "right")))
  }

  // MARK: client identifiers

  @Test(arguments: ["a\u{1}", "a\nb", "\u{7F}", "\u{85}", "\0", String(repeating: "x", count: 1_025)])
  func `a client identifier with a control character or of great length is refused`(clientID: String) throws {
    let authenticator = try authenticator { $0.allowsAnonymous = true }
    #expect(refusal(authenticator.authenticate(shows(clientID: clientID))) == .clientIdentifierNotValid)
    #expect(refusal(authenticator.authenticate(shows(clientID, "x"))) == .badUserNameOrPassword)
  }

  @Test func `a bound client identifier must be the proven name`() throws {
    let byUser = try authenticator {
      $0.clientIDBinding = .userName
      $0.allowsAnonymous = true
    }
    #expect(identity(byUser.authenticate(shows("ann", "right", clientID: "ann"))) != nil)
    #expect(refusal(byUser.authenticate(shows("ann", "right", clientID: "bob"))) == .clientIdentifierNotValid)
    #expect(refusal(byUser.authenticate(shows("ann", "wrong", clientID: "ann"))) == .badUserNameOrPassword)
    #expect(refusal(byUser.authenticate(shows(clientID: "ann"))) == .clientIdentifierNotValid)
    let byCertificate = try authenticator {
      $0.clientIDBinding = .certificateName
      $0.acceptsCertificates = true
    }
    #expect(identity(byCertificate.authenticate(shows(certificate: certificate(), clientID: "sensor-1"))) != nil)
    let other = shows(certificate: certificate(), clientID: "sensor-2")
    #expect(refusal(byCertificate.authenticate(other)) == .clientIdentifierNotValid)
  }

  @Test func `a session belongs to who began it`() {
    let ann = client("c", user: "ann")
    #expect(ann.isSamePrincipal(as: client("c", user: "ann")))
    for other in [
      client("c", user: "bob"), client("c"), client("c", certificate: "ann"),
      client("c", user: "ann", certificate: "x"),
      client("c", user: "Ann"),
    ] {
      #expect(!ann.isSamePrincipal(as: other))
    }
    #expect(!client("c", certificate: "x", source: .sanDNS).isSamePrincipal(as: client("c", certificate: "x")))
    #expect(client("c").isSamePrincipal(as: client("c")))
  }

  // MARK: what the operator reads

  @Test func `a refusal's explanation holds no password and no raw control character`() throws {
    let authenticator = try authenticator { $0.acceptsCertificates = true }
    for credentials in [
      shows("ann", "hunter2"), shows("eve", "hunter2"), shows(nil, "hunter2"), shows("a\nb", "hunter2"),
      shows("ann", "hunter2", clientID: "x\u{1B}[31m"),
    ] {
      guard case .refused(let refusal) = authenticator.authenticate(credentials) else {
        Issue.record("\(credentials.clientID) was accepted")
        continue
      }
      #expect(!refusal.explanation.contains("hunter2"))
      #expect(!refusal.explanation.contains("$right"))
      #expect(!refusal.explanation.unicodeScalars.contains(where: isControl))
    }
  }
}
