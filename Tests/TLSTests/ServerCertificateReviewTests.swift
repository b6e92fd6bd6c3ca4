import Foundation
import TLS
import Testing

/// What clients will refuse about a server's certificate is told before they do.
@Suite struct ServerCertificateReviewTests {
  let files: TestAuthority

  init() throws { files = try TestAuthority() }

  /// The warnings about a certificate that openssl makes with these extensions.
  private func warnings(
    _ extensions: [String], days: Int = 90, key: [String] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    signer: String? = "ca", append: [String] = [], now: Int64? = nil
  ) throws -> [String] {
    let configuration =
      "[req]\ndistinguished_name=dn\n[dn]\n[own]\nbasicConstraints=CA:FALSE\n"
      + extensions.joined(separator: "\n") + "\n"
    try CredentialFile.write([UInt8](configuration.utf8), to: files.path("own.cnf"), isSecret: false)
    let signing = signer.map { ["-CA", files.path("\($0).crt"), "-CAkey", files.path("\($0).key")] } ?? []
    try Command.openssl(
      [
        "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "\(days)", "-config", files.path("own.cnf"),
        "-extensions", "own", "-keyout", files.path("own.key"), "-out", files.path("own.crt"),
      ] + key + signing)
    let chain = try (["own"] + append).map { try String(contentsOfFile: files.path("\($0).crt"), encoding: .utf8) }
    try CredentialFile.write([UInt8](chain.joined().utf8), to: files.path("own.crt"), isSecret: false)
    var options = files.options()
    options.certificateChainFile = files.path("own.crt")
    options.privateKeyFile = files.path("own.key")
    let all = try TLSContext(options, now: now).warnings
    for text in all { #expect(text.contains("own.crt"), "it names the file") }
    return all
  }

  private static let names = "subjectAltName=DNS:localhost,IP:127.0.0.1"

  @Test
  func `a certificate that is well is not remarked on, self-signed or not`() throws {
    for signer in ["ca", nil] {
      #expect(try warnings([Self.names], signer: signer) == [])
      #expect(
        try warnings(
          [Self.names, "keyUsage=critical,digitalSignature", "extendedKeyUsage=clientAuth,serverAuth"], signer: signer)
          == [])
    }
    #expect(try warnings([Self.names, "extendedKeyUsage=anyExtendedKeyUsage"]) == [])
    #expect(
      try warnings([Self.names], key: ["-newkey", "rsa:2048"]) == [], "a key that signs within a millisecond")
  }

  @Test(
    arguments: [
      ([names, "extendedKeyUsage=clientAuth"], "doesn't name serverAuth"),
      ([names, "keyUsage=critical,keyAgreement"], "doesn't allow digitalSignature"),
      ([names, "keyUsage=keyEncipherment"], "doesn't allow digitalSignature"),
      ([], "no alternative name"), (["subjectAltName=email:a@b.example"], "no alternative name"),
      (["subjectAltName=DNS:127.0.0.1"], "write IP:127.0.0.1"),
      ([names, "1.2.3.4=critical,ASN1:NULL"], "critical extension"),
    ])
  func `what clients refuse is told`(extensions: [String], words: String) throws {
    let found = try warnings(extensions)
    #expect(found.count == 1 && found[0].contains(words) && found[0].contains("refuse it"), "\(found)")
  }

  @Test
  func `a certificate that ends within thirty days is told of, with the days that are left`() throws {
    let day = TestAuthority.day
    #expect(try warnings([Self.names], days: 31) == [])
    for (days, later, words) in [
      (29, 0, "expires in 28 days"), (31, 2, "expires in 28 days"), (3, 2, "expires in 0 days"), (3, 4, "has expired"),
      (90, -2, "not valid yet"),
    ] as [(Int, Int64, String)] {
      let found = try warnings([Self.names], days: days, now: files.now + later * day + 60)
      #expect(found.count == 1 && found[0].contains(words) && found[0].contains("refuse it"), "\(words): \(found)")
    }
  }

  @Test
  func `a chain is in order, and all of it lasts`() throws {
    for (name, signer) in [("root", nil), ("middle", "root"), ("other", nil)] {
      try files.issueAuthority(name, by: signer)
    }
    // Those authorities are made for nine days.
    let short = try warnings([Self.names], signer: "middle", append: ["middle"])
    // They are made some time before the review's clock is read.
    #expect(
      short.count == 1 && short[0].contains("certificate 2 in it, CN=middle: it expires in")
        && (short[0].contains(" 8 days") || short[0].contains(" 9 days")), "\(short)")
    let wrong = try warnings([Self.names], signer: "middle", append: ["other", "middle"])
    #expect(wrong.contains { $0.contains("certificate 2 in it is not the issuer of certificate 1") }, "\(wrong)")
    let missing = try warnings([Self.names, "authorityInfoAccess=caIssuers;URI:http://ca.example/ca.crt"])
    #expect(missing.count == 1 && missing[0].contains("certificate of its issuer is not in the file"), "\(missing)")
  }

  @Test
  func `a key that makes each handshake dear is told of`() throws {
    let found = try warnings([Self.names], key: ["-newkey", "rsa:4096"])
    #expect(found.count == 1 && found[0].contains("5.4 ms of CPU to sign"), "\(found)")
  }
}
