import Foundation
import Testing

/// TLS listeners that ask for client certificates in other ways, and keys with passphrases.
@Suite(.serialized)
struct ClientCertificateTests {
  private static let access = """
    rules:
      - certificate: device-1
        allow: { publish: ["certain/#"] }
      - everyone: true
        allow: { publish: ["anybody/#"] }

    """

  @Test
  func `with optional certificates both kinds of clients are taken, and rules tell them apart`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    try await certificates.issueByStranger(device: "stranger")
    try await with(certificates, "optional") { port in
      let known = certificates.mosquittoArguments(device: "device-1")
      let unknown = ["--cafile", certificates.authority]
      let stranger = certificates.mosquittoArguments(device: "stranger")
      let answers = [
        try await publish("certain/x", port, known), try await publish("anybody/x", port, unknown),
        try await publish("certain/x", port, unknown), try await publish("anybody/x", port, stranger),
      ]
      #expect(answers[0] == nil)
      #expect(answers[1] == nil)
      #expect(answers[2]?.contains("Not authorized") == true)
      #expect(answers[3] != nil)
    }
  }

  @Test
  func `a self-signed certificate is taken if it is in client_ca, and no other`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    for name in ["alone", "other"] { try await certificates.selfSign(device: name) }
    let trusted = try String(contentsOfFile: certificates.certificate(of: "alone"), encoding: .utf8)
    let list = try certificates.folder.write(trusted, to: "trusted.crt")
    var files = SluiceFiles(certificates: certificates, access: Self.access).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing(
      "client_ca: \(certificates.authority)", with: "client_ca: \(list)")
    let sluice = try SluiceProcess.launch(files)
    let port = try await sluice.port(of: "tls")
    #expect(try await publish("anybody/x", port, certificates.mosquittoArguments(device: "alone")) == nil)
    for name in ["other", "device-1"] {
      #expect(try await publish("anybody/x", port, certificates.mosquittoArguments(device: name)) != nil, "\(name)")
    }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `with no certificates asked for, one that is shown proves nothing`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    try await with(certificates, "none") { port in
      let known = certificates.mosquittoArguments(device: "device-1")
      let anybody = try await publish("anybody/x", port, known)
      let certain = try await publish("certain/x", port, known)
      #expect(anybody == nil)
      #expect(certain?.contains("Not authorized") == true)
    }
  }

  @Test(arguments: [
    ("san_dns", "pump-1.example"), ("san_email", "pump-1@example.com"), ("san_uri", "urn:pump:1"),
    ("common_name", "pump"),
  ])
  func `the part of the certificate that the listener names is the identity`(
    source: String, name: String
  ) async throws {
    let certificates = try await DevelopmentCertificates.make()
    try await certificates.issue(
      device: "pump", alternativeNames: "DNS:pump-1.example,email:pump-1@example.com,URI:urn:pump:1")
    var files = SluiceFiles(
      certificates: certificates,
      access: "rules:\n  - { certificate: \"\(name)\", allow: { publish: [\"by/{certificate}\"] } }\n"
    ).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing(
      "protocol: mqtts", with: "protocol: mqtts\n    identity: { from: \(source) }")
    let sluice = try SluiceProcess.launch(files)
    let port = try await sluice.port(of: "tls")
    let pump = certificates.mosquittoArguments(device: "pump")
    let (own, others) = (try await publish("by/\(name)", port, pump), try await publish("by/x", port, pump))
    #expect(own == nil)
    #expect(others?.contains("Not authorized") == true)
    if source != "common_name" {
      let unnamed = try await publish("by/x", port, certificates.mosquittoArguments(device: "device-1"))
      #expect(unnamed != nil, "a certificate without such a name was taken")
      try await sluice.waitForLog("the certificate has no")
    }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `a client whose address is bound connects only from where its certificate says`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    try await certificates.issue(device: "127.0.0.1")
    try await certificates.issue(device: "pump", alternativeNames: "IP:127.0.0.1")
    try await certificates.issue(device: "10.0.0.7", alternativeNames: "DNS:localhost,IP:10.0.0.8")
    let sluice = try await SluiceProcess.start(
      SluiceFiles(
        certificates: certificates, authentication: ["client_address: certificate"], access: SluiceFiles.openAccess))
    let port = try await sluice.port(of: "tls")
    for name in ["127.0.0.1", "pump"] {
      #expect(try await publish("x", port, certificates.mosquittoArguments(device: name)) == nil, "\(name)")
    }
    for name in ["10.0.0.7", "device-1"] {
      let answer = try await publish("x", port, certificates.mosquittoArguments(device: name))
      #expect(answer?.contains("Not authorized") == true, "\(name): \(answer ?? "let in")")
    }
    try await sluice.waitForLog(#"it names \"10.0.0.7\", \"10.0.0.8\""#)
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `behind a proxy a bound address is the one that the PROXY header says`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    try await certificates.issue(device: "pump", alternativeNames: "IP:192.0.2.7,IP:2001:db8::7")
    var files = SluiceFiles(
      certificates: certificates, authentication: ["client_address: certificate"], access: SluiceFiles.openAccess
    ).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing(
      "protocol: mqtts", with: "protocol: mqtts\n    proxy_protocol: { networks: [127.0.0.1] }")
    let sluice = try SluiceProcess.launch(files)
    let port = try await sluice.port(of: "tls")
    try await Script.address.run(
      "bound", ["--port", "\(port)", "--folder", certificates.folder.path, "--device", "pump"])
    #expect(try await sluice.stop() == .code(0))
  }

  @Test(arguments: ["file", "variable"])
  func `an encrypted server key is read with its passphrase`(source: String) async throws {
    let certificates = try await DevelopmentCertificates.make()
    let files = try await encrypted(certificates, source)
    let sluice = try SluiceProcess.launch(files, environment: ["SLUICE_TEST_PASSPHRASE": "open sesame"])
    let port = try await sluice.port(of: "tls")
    #expect(try await publish("anybody/x", port, ["--cafile", certificates.authority]) == nil)
    #expect(!sluice.log.contains("sesame"))
    #expect(try await sluice.stop() == .code(0))
  }

  @Test(arguments: ["wrong words", ""])
  func `a wrong passphrase is told at start, with its place`(passphrase: String) async throws {
    let certificates = try await DevelopmentCertificates.make()
    let files = try await encrypted(certificates, "variable")
    let sluice = try SluiceProcess.launch(files, environment: ["SLUICE_TEST_PASSPHRASE": passphrase])
    #expect(try await sluice.waitForEnd() == .code(1))
    #expect(sluice.log.contains("sluice.yaml:"), "\(sluice.log)")
    #expect(sluice.log.contains("passphrase") || sluice.log.contains("SLUICE_TEST_PASSPHRASE"), "\(sluice.log)")
    #expect(!sluice.log.contains("wrong words"))
  }

  @Test
  func `an encrypted key without a passphrase is told at start, and nobody is asked`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    var files = try await encrypted(certificates, "variable")
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing("key_passphrase: ${SLUICE_TEST_PASSPHRASE}", with: "")
    let sluice = try SluiceProcess.launch(files)
    #expect(try await sluice.waitForEnd() == .code(1))
    #expect(sluice.log.contains("passphrase"), "\(sluice.log)")
  }

  private func encrypted(_ certificates: DevelopmentCertificates, _ source: String) async throws -> [String: String] {
    let key = try await certificates.encryptServerKey(passphrase: "open sesame")
    let file = try certificates.folder.write("open sesame\n", to: "passphrase")
    let passphrase = source == "file" ? "file:\(file)" : "${SLUICE_TEST_PASSPHRASE}"
    var files = SluiceFiles(
      certificates: certificates, clientCertificates: "none", isAnonymousAllowed: true, access: Self.access
    ).text
    files["sluice.yaml"] = files["sluice.yaml"]?.replacing(
      "key: \(certificates.key(of: "server"))", with: "key: \(key)\n      key_passphrase: \(passphrase)")
    return files
  }

  private func with(
    _ certificates: DevelopmentCertificates, _ policy: String, _ body: (UInt16) async throws -> Void
  ) async throws {
    let sluice = try await SluiceProcess.start(
      SluiceFiles(
        certificates: certificates, clientCertificates: policy, isAnonymousAllowed: true, access: Self.access))
    try await body(try await sluice.port(of: "tls"))
    #expect(try await sluice.stop() == .code(0))
  }

  /// nil when it was acknowledged; otherwise what the client said.
  private func publish(_ topic: String, _ port: UInt16, _ arguments: [String]) async throws -> String? {
    let outcome = try await Tool.mosquittoPub.run(
      ["-h", "localhost", "-p", "\(port)", "-V", "5", "-q", "1", "-t", topic, "-m", "x"] + arguments)
    let words = outcome.output + outcome.errors
    return outcome.isSuccess && words.isEmpty ? nil : words + "\(outcome.status)"
  }
}
