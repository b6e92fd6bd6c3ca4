import TLS
import Testing

@Suite struct ClientCertificateTests {
  let authority: TestAuthority
  let client: PythonPeer

  init() throws {
    authority = try TestAuthority()
    client = try PythonPeer()
    try authority.issue(client: "sensor-1")
  }

  private func pair(
    _ policy: ClientCertificatePolicy, _ certificate: String?, version: String = "1.3", authorityFile: String? = nil
  ) throws -> Pair {
    let context = try TLSContext(authority.options(policy, authorityFile: authorityFile))
    return try Pair(context, client, authority.client(version, certificate: certificate))
  }

  private func refusal(_ pair: Pair) -> TLSError? {
    guard case .failed(let error) = pair.state, error.kind == .peerCertificate else { return nil }
    return error
  }

  @Test(arguments: [ClientCertificatePolicy.optional, .required], ["1.2", "1.3"])
  func `a valid client certificate is accepted and its facts are given`(
    policy: ClientCertificatePolicy, version: String
  ) throws {
    let pair = try pair(policy, "sensor-1", version: version)
    #expect(pair.state == .open && client.state == .open)
    let peer = try #require(pair.session.peerCertificate())
    #expect(peer.commonName == "sensor-1")
    #expect(peer.subject == "CN=sensor-1")
    #expect(peer.issuer == "CN=Test authority")
    #expect(peer.notAfter == authority.now + 30 * TestAuthority.day)
  }

  @Test
  func `a client that is not asked gives no certificate`() throws {
    let pair = try pair(.none, "sensor-1")
    #expect(pair.state == .open && pair.session.peerCertificate() == nil)
  }

  @Test(arguments: ["1.2", "1.3"])
  func `without a certificate only the policy required refuses`(version: String) throws {
    #expect(try pair(.optional, nil, version: version).session.isHandshakeComplete)
    let refused = try pair(.required, nil, version: version)
    let error = try #require(refusal(refused))
    #expect(error.message.contains("gave no certificate"))
    #expect(client.state == .failed, "the client was sent an alert")
  }

  @Test(arguments: [ClientCertificatePolicy.optional, .required], ["1.2", "1.3"])
  func `certificates that are not valid are refused with the reason and the name`(
    policy: ClientCertificatePolicy, version: String
  ) throws {
    let day = TestAuthority.day
    try authority.issue(client: "expired", validDays: 10, madeAgo: 20 * day)
    try authority.issue(client: "early", validDays: 10, madeAgo: -5 * day)
    for (name, reason) in [
      ("expired", "has expired (CN=expired)"), ("early", "not yet valid (CN=early)"), ("server", "certificate purpose"),
    ] {
      let error = try #require(refusal(try pair(policy, name, version: version)), "\(name)")
      #expect(error.message.contains(reason), "\(error)")
    }
  }

  @Test(arguments: ["1.2", "1.3"])
  func `a certificate of another authority with the same name is refused`(version: String) throws {
    let other = try TestAuthority()
    let refused = try pair(.required, "sensor-1", version: version, authorityFile: other.path("ca.crt"))
    #expect(refusal(refused) != nil, "\(refused.state)")
  }

  @Test
  func `alternative names and names beyond ASCII are read`() throws {
    let issued = try authority.authority.issueClient(
      commonName: "Zähler, Süd 7",
      alternativeNames: [
        .dns("meter.example.org"), .email("a@example.org"), .uri("urn:dev:mac:0024befffe804ff1"), .ip("10.0.0.7"),
        .ip("2001:db8::7"),
      ], validDays: 5, now: authority.now)
    try issued.write(certificateFile: authority.path("m.crt"), privateKeyFile: authority.path("m.key"))
    let peer = try #require(try pair(.required, "m").session.peerCertificate())
    #expect(peer.commonName == "Zähler, Süd 7")
    #expect(peer.subject == #"CN=Zähler\, Süd 7"#)
    #expect(
      peer.subjectAlternativeNames == [
        .dns("meter.example.org"), .email("a@example.org"), .uri("urn:dev:mac:0024befffe804ff1"), .ip("10.0.0.7"),
        .ip("2001:db8::7"),
      ])
    let printed = try Command.openssl(
      "x509", "-in", authority.path("m.crt"), "-noout", "-serial", "-fingerprint", "-sha256")
    #expect(printed.contains("serial=\(peer.serialNumber)"))
    let fingerprint = peer.sha256.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0\(digits)" : digits
    }
    #expect(printed.contains(fingerprint.joined(separator: ":")))
  }

  @Test(arguments: [
    ("/CN=first/CN=last", "last"), ("/O=no common name", nil), ("/CN=a\u{7F}b", nil),
  ])
  func `of several common names the last counts, and one with control characters is none`(
    subject: String, expected: String?
  ) throws {
    try Command.openssl(
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj", subject,
      "-keyout", authority.path("c.key"), "-out", authority.path("c.csr"))
    try Command.openssl(
      "x509", "-req", "-in", authority.path("c.csr"), "-CA", authority.path("ca.crt"), "-CAkey",
      authority.path("ca.key"), "-days", "3", "-out", authority.path("c.crt"))
    let pair = try pair(.required, "c")
    let peer = try #require(pair.session.peerCertificate(), "\(pair.state)")
    #expect(peer.commonName == expected)
    #expect(!peer.subject.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(peer.subject)")
  }
}
