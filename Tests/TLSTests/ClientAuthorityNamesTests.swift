import COpenSSL
import Foundation
import TLS
import Testing

/// Authorities of clients: their names, as told in the handshake, and as found by a certificate.
@Suite struct ClientAuthorityNamesTests {
  let files: TestAuthority

  init() throws { files = try TestAuthority() }

  private func named(_ count: Int, _ version: Int32) throws -> (told: Int, warnings: [String]) {
    let texts = try (0..<count).map {
      try CertificateAuthority.create(commonName: "Authority of plant \($0)", validDays: 90, now: files.now)
        .certificatePEM
    }
    try CredentialFile.write([UInt8](texts.joined().utf8), to: files.path("many.crt"), isSecret: false)
    let context = try TLSContext(files.options(.optional, authorityFile: files.path("many.crt")))
    let client = try OpenSSLPeer(version: version)
    try #require(client.tryHandshake(TLSSessionDriver(context)))
    return (client.authoritiesNamed, context.warnings)
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `all authorities are named to clients, or none where they are too many`(version: Int32) throws {
    for count in [1, 33, 300] { #expect(try named(count, version) == (count, [])) }
    let many = try named(600, version)
    #expect(many.told == 0)
    #expect(many.warnings.count == 1 && many.warnings[0].contains("600 authorities are not told"), "\(many.warnings)")
  }

  /// Makes an authority called "Twin" without a key identifier, and a client that it signed.
  private func makeTwin(_ name: String) throws {
    let configuration = """
      [req]
      distinguished_name=dn
      [dn]
      [authority]
      basicConstraints=critical,CA:TRUE
      subjectKeyIdentifier=none
      authorityKeyIdentifier=none
      [client]
      basicConstraints=CA:FALSE
      subjectKeyIdentifier=none
      authorityKeyIdentifier=none
      """
    try CredentialFile.write([UInt8](configuration.utf8), to: files.path("twin.cnf"), isSecret: false)
    func make(_ file: String, _ subject: String, _ part: String, _ signing: [String]) throws {
      try Command.openssl(
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-days",
          "90", "-config", files.path("twin.cnf"), "-extensions", part, "-keyout", files.path("\(file).key"), "-out",
          files.path("\(file).crt"),
        ] + signing)
    }
    try make(name, "/CN=Twin", "authority", [])
    try make(
      "\(name)-client", "/CN=client of \(name)", "client",
      ["-CA", files.path("\(name).crt"), "-CAkey", files.path("\(name).key")])
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `of several authorities with one name and no key identifiers each is tried`(version: Int32) throws {
    let twins = ["first", "second", "third"]
    for twin in twins + ["stranger"] { try makeTwin(twin) }
    let texts = try twins.map { try String(contentsOfFile: files.path("\($0).crt"), encoding: .utf8) }
    let text = try Command.openssl("x509", "-in", files.path("first-client.crt"), "-noout", "-text")
    try #require(!text.contains("Key Identifier"))
    try CredentialFile.write([UInt8](texts.joined().utf8), to: files.path("twins.crt"), isSecret: false)
    let context = try TLSContext(files.options(.required, authorityFile: files.path("twins.crt")))
    #expect(context.warnings.isEmpty, "\(context.warnings)")
    for name in twins + ["stranger"] {
      let session = try TLSSessionDriver(context)
      let client = try OpenSSLPeer(
        version: version, certificate: (files.path("\(name)-client.crt"), files.path("\(name)-client.key")))
      _ = client.tryHandshake(session)
      #expect(session.session.isHandshakeComplete == (name != "stranger"), "\(name): \(session.state)")
      if name == "stranger", case .failed(let error) = session.state {
        #expect(error.message.contains("signature failure"), "\(error)")
      }
    }
  }
}
