import COpenSSL
import Foundation
import TLS
import Testing

/// What a client's certificates may cost the server to read and verify.
@Suite struct DearCertificateTests {
  let files: TestAuthority

  init() throws { files = try TestAuthority() }

  /// Makes an authority or, with `signer`, what it signed, by openssl; `key` are the arguments that make its key.
  private func make(_ name: String, by signer: String? = nil, key: [String], isAuthority: Bool = false) throws {
    try Command.openssl(["genpkey", "-out", files.path("\(name).key")] + key)
    let signing = signer.map { ["-CA", files.path("\($0).crt"), "-CAkey", files.path("\($0).key")] } ?? []
    try Command.openssl(
      [
        "req", "-x509", "-subj", "/CN=\(name)", "-days", "9", "-key", files.path("\(name).key"), "-addext",
        "basicConstraints=CA:\(isAuthority ? "TRUE" : "FALSE")", "-out", files.path("\(name).crt"),
      ] + signing)
  }

  private static func curve(_ name: String) -> [String] {
    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(name)"]
  }

  /// Where the handshake ends with this client's certificate.
  private func state(
    _ name: String, _ version: Int32 = TLS1_3_VERSION, anchor: String = "ca",
    _ change: (inout TLSServerOptions) -> Void = { _ in }
  ) throws -> TLSState {
    var options = files.options(.required, authorityFile: files.path("\(anchor).crt"))
    change(&options)
    let client = try OpenSSLPeer(
      version: version, certificate: (files.path("\(name).crt"), files.path("\(name).key")))
    let session = try TLSSessionDriver(TLSContext(options))
    _ = client.tryHandshake(session)
    return session.session.isHandshakeComplete || session.state != .open ? session.state : .closedByPeer
  }

  private func refusal(_ state: TLSState) -> String {
    guard case .failed(let error) = state, error.kind == .peerCertificate else { return "\(state)" }
    return error.message
  }

  @Test(
    arguments: [
      curve("P-256"), curve("P-384"), curve("P-521"), ["-algorithm", "ED25519"], ["-algorithm", "ED448"],
      ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ], [TLS1_2_VERSION, TLS1_3_VERSION])
  func `keys of the usual kinds are taken, whatever groups are offered for key exchange`(
    key: [String], version: Int32
  ) throws {
    try make("device", by: "ca", key: key)
    #expect(try state("device", version) == .open)
  }

  @Test(
    arguments: [
      (curve("secp224r1"), "of a kind"), (curve("secp256k1"), "of a kind"), (curve("brainpoolP512r1"), "of a kind"),
      (curve("P-256") + ["-pkeyopt", "ec_param_enc:explicit"], "of a kind"),
      (
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:1099511627777"],
        "exponent of 41 bits"
      ),
    ], [TLS1_2_VERSION, TLS1_3_VERSION])
  func `other keys are refused before they are read, with the reason`(
    key: (arguments: [String], reason: String), version: Int32
  ) throws {
    try make("device", by: "ca", key: key.arguments)
    let message = refusal(try state("device", version))
    // TLS 1.3 has no signatures for some kinds, so OpenSSL's client doesn't send such a certificate.
    if version == TLS1_3_VERSION, message.contains("gave no certificate") { return }
    #expect(message.contains("certificate 1 of its chain has") && message.contains(key.reason), "\(message)")
  }

  @Test
  func `a chain that takes too long to verify is refused before it is, and the bound can be raised`() throws {
    try make("root", key: Self.curve("P-384"), isAuthority: true)
    try make("middle", by: "root", key: Self.curve("P-384"), isAuthority: true)
    try make("near", by: "root", key: Self.curve("P-384"))
    try make("far", by: "middle", key: Self.curve("P-384"))
    let chain = try ["far", "middle"].map { try String(contentsOfFile: files.path("\($0).crt"), encoding: .utf8) }
    try CredentialFile.write([UInt8](chain.joined().utf8), to: files.path("far.crt"), isSecret: false)
    #expect(try state("near", anchor: "root") == .open, "two signatures of P-384 are within the bound")
    let message = refusal(try state("far", anchor: "root"))
    #expect(message.contains("would take about 3.7 ms, and 3 ms are allowed"), "\(message)")
    #expect(message.contains("(CN=far)"), "\(message)")
    #expect(try state("far", anchor: "root") { $0.verificationMillisecondsMax = 4 } == .open)
  }

  @Test
  func `what is above an authority that is trusted itself costs nothing`() throws {
    try make("root", key: Self.curve("P-384"), isAuthority: true)
    try make("middle", by: "root", key: Self.curve("P-384"), isAuthority: true)
    try make("device", by: "middle", key: Self.curve("P-384"))
    let chain = try ["device", "middle", "root"].map {
      try String(contentsOfFile: files.path("\($0).crt"), encoding: .utf8)
    }
    try CredentialFile.write([UInt8](chain.joined().utf8), to: files.path("device.crt"), isSecret: false)
    #expect(try state("device", anchor: "middle") == .open)
  }

  @Test
  func `a certificate with thousands of names is refused`() throws {
    try Command.openssl(["genpkey", "-out", files.path("device.key")] + Self.curve("P-256"))
    let names = (0..<2000).map { "DNS:name\($0)" }.joined(separator: ",")
    let configuration = "[req]\ndistinguished_name=dn\n[dn]\n[names]\nsubjectAltName=\(names)\n"
    try CredentialFile.write([UInt8](configuration.utf8), to: files.path("names.cnf"), isSecret: false)
    try Command.openssl(
      "req", "-x509", "-subj", "/CN=device", "-days", "9", "-key", files.path("device.key"), "-config",
      files.path("names.cnf"), "-extensions", "names", "-CA", files.path("ca.crt"), "-CAkey", files.path("ca.key"),
      "-out", files.path("device.crt"))
    let message = "\(try state("device"))"
    #expect(message.contains("at most 8192 are taken") || message.contains("excessive message size"), "\(message)")
  }
}
