import Foundation
import Testing

/// What `check` says about the TLS of a listener, and what strangers can make its handshakes cost.
@Suite(.serialized)
struct TLSCheckTests {
  /// `check` of a listener with this certificate (in openssl's notation) at this address.
  private func check(
    names: String?, bind: String = "127.0.0.1:0", days: Int = 90, extensions: [String] = [], more: String = ""
  ) async throws -> Tool.Outcome {
    let folder = try TemporaryFolder()
    let added = (names.map { ["subjectAltName=\($0)"] } ?? []) + extensions
    try await Tool.openssl.output(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-days",
        "\(days)", "-keyout", folder.file("s.key"), "-out", folder.file("s.crt"),
      ] + added.flatMap { ["-addext", $0] })
    try folder.write(SluiceFiles.openAccess, to: "access.yaml")
    let path = try folder.write(
      """
      authentication: { anonymous: true }
      listeners:
        - name: a
          protocol: mqtts
          bind: "\(bind)"
          tls:
            certificate: s.crt
            key: s.key
      \(more)
      """, to: "sluice.yaml")
    return try await SluiceBinary.run(["check", "--config", path])
  }

  @Test(
    arguments: [
      ("DNS:localhost", "127.0.0.1:0", ""), ("IP:127.0.0.1", "127.0.0.1:0", ""), ("IP:::1", "[0:0::1]:0", ""),
      ("DNS:mqtt.example.com", "127.0.0.1:0", "don't include 127.0.0.1 or localhost"),
      ("DNS:mqtt.example.com", "0.0.0.0:0", ""), ("DNS:mqtt.example.com", "192.0.2.7:0", ""),
      ("DNS:localhost,IP:127.0.0.1", "0.0.0.0:0", "for this machine alone"),
      ("IP:192.0.2.8", "192.0.2.7:0", "192.0.2.7 is none of them"), ("IP:192.0.2.7", "192.0.2.7:0", ""),
    ])
  func `names that don't fit the address are told, where that can be known`(
    names: String, bind: String, words: String
  ) async throws {
    let outcome = try await check(names: names, bind: bind)
    #expect(outcome.status == .code(0))
    #expect(
      words.isEmpty ? !outcome.errors.contains("certificate ") : outcome.errors.contains(words), "\(outcome.errors)")
    #expect(words.isEmpty || outcome.errors.contains("sluice.yaml:7:20: warning: certificate "), "\(outcome.errors)")
  }

  @Test(
    arguments: [
      ("DNS:localhost", 29, [], "expires in"), ("DNS:localhost", 90, ["extendedKeyUsage=clientAuth"], "serverAuth"),
      ("DNS:localhost", 90, ["keyUsage=keyEncipherment"], "digitalSignature"), (nil, 90, [], "no alternative name"),
    ] as [(String?, Int, [String], String)])
  func `a certificate that clients refuse is told`(
    names: String?, days: Int, extensions: [String], words: String
  ) async throws {
    let outcome = try await check(names: names, days: days, extensions: extensions)
    #expect(outcome.status == .code(0))
    #expect(
      outcome.errors.contains("sluice.yaml:7:20: warning: ") && outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test
  func `a group that would be dear is an error at its place`() async throws {
    let dear = try await check(names: "DNS:localhost", more: "      groups: [X25519, ffdhe8192]")
    #expect(dear.status == .code(1))
    #expect(dear.errors.contains("sluice.yaml:9:24: groups: \"ffdhe8192\" is not offered"), "\(dear.errors)")
    let other = try await check(names: "DNS:localhost", more: "      groups: [P-384, X25519]")
    #expect(other.status == .code(0) && other.errors.contains("sluice.yaml:9:16: warning: groups: "), "\(other.errors)")
  }

  @Test
  func `only the groups that are offered can be used, by clients of any version`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    var files = SluiceFiles(certificates: certificates, access: SluiceFiles.openAccess)
    files.clientCertificates = "none"
    files.isAnonymousAllowed = true
    let sluice = try SluiceProcess.launch(files.text)
    let port = try await sluice.port(of: "tls")
    for (group, version, works) in [
      ("X25519", "-tls1_3", true), ("P-256", "-tls1_3", true), ("P-256", "-tls1_2", true), ("P-384", "-tls1_3", false),
      ("ffdhe8192", "-tls1_3", false), ("ffdhe8192:X25519", "-tls1_3", true), ("X448", "-tls1_2", false),
    ] {
      let outcome = try await Tool.openssl.run(
        [
          "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", certificates.authority, "-groups", group, version,
          "-brief", "-verify_return_error",
        ], input: "")
      #expect(
        (outcome.output + outcome.errors).contains("CONNECTION ESTABLISHED") == works,
        "\(group) \(version): \(outcome.output)\(outcome.errors)")
    }
    try await sluice.waitForLog("the groups of key exchange")
    #expect(try await sluice.stop() == .code(0))
  }
}
