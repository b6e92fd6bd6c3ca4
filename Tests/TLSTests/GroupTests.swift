import COpenSSL
import TLS
import Testing

/// Whoever connects chooses the group of key exchange, and the server pays for it before anybody has proved anything.
@Suite struct GroupTests {
  let authority: TestAuthority

  init() throws { authority = try TestAuthority() }

  /// All groups that OpenSSL knows as a client.
  private static let all: [String] = {
    var curves = [EC_builtin_curve](repeating: EC_builtin_curve(), count: 200)
    let count = min(EC_get_builtin_curves(&curves, curves.count), curves.count)
    let names =
      curves[..<count].compactMap { OBJ_nid2sn($0.nid).map { String(cString: $0) } }
      + ["X25519", "X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192", "X25519MLKEM768"]
    return names.filter { name in
      guard let context = SSL_CTX_new(TLS_client_method()) else { return false }
      defer {
        SSL_CTX_free(context)
        ERR_clear_error()
      }
      SSL_CTX_set_security_level(context, 0)
      return cossl_ctx_set_groups(context, name) == 1
    }
  }()

  /// The options of a server with an RSA key.
  private func rsaOptions() throws -> TLSServerOptions {
    try Command.openssl(
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "90", "-addext",
      "subjectAltName=DNS:localhost", "-keyout", authority.path("rsa.key"), "-out", authority.path("rsa.crt"))
    var options = authority.options()
    options.certificateChainFile = authority.path("rsa.crt")
    options.privateKeyFile = authority.path("rsa.key")
    return options
  }

  private func handshake(
    _ context: TLSContext, _ groups: String, _ version: Int32, ciphers: String? = nil
  ) throws -> (client: OpenSSLPeer, isComplete: Bool, session: TLSSessionDriver) {
    let client = try OpenSSLPeer(groups: groups, version: version, ciphers: ciphers)
    let session = try TLSSessionDriver(context)
    return (client, client.tryHandshake(session), session)
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `of all groups that OpenSSL knows only those that are offered are ever used`(version: Int32) throws {
    // Not an ECDSA certificate: in TLS 1.2 its curve must be among the client's groups.
    let context = try TLSContext(rsaOptions())
    try #require(Self.all.count > 10, "\(Self.all)")
    for group in Self.all {
      let isOffered = ["X25519", "prime256v1"].contains(group)
      let alone = try handshake(context, group, version)
      #expect(alone.isComplete == isOffered, "\(group)")
      if !isOffered {
        #expect(alone.session.state != .open, "\(group)")
        // The key share of a group that is not offered is not looked at: the client is told to send another one.
        let both = try handshake(context, "\(group):P-256", version)
        #expect(both.isComplete && both.client.group == "prime256v1", "\(group): \(both.client.group)")
      }
    }
  }

  @Test(arguments: ["X448", "P-521", "P-384", "secp384r1", "ffdhe2048"])
  func `other groups can be offered instead`(group: String) throws {
    var options = authority.options()
    options.groups = [group, "P-256"]
    let context = try TLSContext(options)
    #expect(try handshake(context, group, TLS1_3_VERSION).isComplete)
    #expect(try handshake(context, "X25519", TLS1_3_VERSION).isComplete == false)
  }

  @Test(arguments: ["ffdhe8192", "ffdhe3072", "brainpoolP512r1", "secp224r1", "X25519:P-384", "", "P-257"])
  func `a group that is dear or unknown is refused, and the error says which are not`(group: String) throws {
    let problem = try #require(TLSGroup.problem(with: group))
    #expect(problem.contains("\"\(group)\"") && problem.contains("X25519, P-256"), "\(problem)")
    var options = authority.options()
    options.groups = ["X25519", group]
    #expect { try TLSContext(options) } throws: { "\($0)".contains(problem) }
  }

  @Test
  func `groups that cost three milliseconds are offered with a warning`() {
    for group in TLSGroup.defaults + ["X448", "P-521"] { #expect(TLSGroup.notice(about: group) == nil) }
    for group in ["P-384", "ffdhe2048"] { #expect(TLSGroup.notice(about: group)?.contains("3.") == true) }
  }

  @Test
  func `suites of TLS 1_2 with finite fields are never used, also where they are allowed`() throws {
    var options = try rsaOptions()
    options.cipherList = "ALL"
    let context = try TLSContext(options)
    for (suites, works) in [("DHE-RSA-AES128-GCM-SHA256", false), ("ECDHE-RSA-AES128-GCM-SHA256", true)] {
      #expect(try handshake(context, "ffdhe8192:P-256", TLS1_2_VERSION, ciphers: suites).isComplete == works)
    }
  }

  @Test
  func `a ClientHello with thousands of groups is refused before they are compared`() throws {
    let context = try TLSContext(authority.options())
    for (count, isTaken) in [(1000, true), (4200, false)] {
      let session = try TLSSessionDriver(context)
      let answer = session.receive(ClientHello.bytes(groups: count, keyShares: 1))
      #expect(answer.first == (isTaken ? 22 : 21), "a ServerHello or an alert")
      if case .failed(let error) = session.state { #expect(error.message.contains("lists more than 8192 bytes")) }
      #expect((session.state == .open) == isTaken)
    }
    let session = try TLSSessionDriver(context)
    _ = session.receive(ClientHello.bytes(groups: 10, keyShares: 3000))
    #expect(session.state != .open)
  }
}
