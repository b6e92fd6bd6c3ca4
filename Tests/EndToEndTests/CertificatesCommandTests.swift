import Foundation
import Testing

/// `sluice certificates`: an authority, a server and named devices, as an operator makes them, and clients that use
/// them.
@Suite(.serialized)
struct CertificatesCommandTests {
  @Test
  func `an authority, a server and named devices are made, verify, and work`() async throws {
    let folder = try TemporaryFolder()
    try await make(["authority", "--name", "Plant 7 devices CA"], in: folder)
    try await make(["server", "--name", "localhost", "--name", "*.example.org", "--name", "127.0.0.1"], in: folder)
    try await make(["client", "--name", "press-12", "--name", "Prüfstand 3"], in: folder)
    for name in ["server", "press-12", "Prüfstand 3"] {
      let certificate = folder.file("\(name).crt")
      try await Tool.openssl.output(["verify", "-x509_strict", "-CAfile", folder.file("ca.crt"), certificate])
      let mode = try FileManager.default.attributesOfItem(atPath: folder.file("\(name).key"))[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
    let server = try await Tool.openssl.output([
      "x509", "-in", folder.file("server.crt"), "-noout", "-ext", "subjectAltName",
    ])
    #expect(server.contains("DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1"), "\(server)")

    let certificates = DevelopmentCertificates(folder: folder)
    let sluice = try await SluiceProcess.start(
      SluiceFiles(
        certificates: certificates,
        access: "rules: [{ everyone: true, allow: { publish: [\"by/{certificate}\"] } }]\n"))
    let port = try await sluice.port(of: "tls")
    for name in ["press-12", "Prüfstand 3"] {
      let outcome = try await Tool.mosquittoPub.run(
        ["-h", "localhost", "-p", "\(port)", "-V", "5", "-q", "1", "-t", "by/\(name)", "-m", "x"]
          + certificates.mosquittoArguments(device: name))
      #expect(outcome.isSuccess && outcome.errors.isEmpty, "\(outcome)")
    }
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `the authority may be in another folder`() async throws {
    let (authority, devices) = (try TemporaryFolder(), try TemporaryFolder())
    try await make(["authority"], in: authority)
    try await make(["client", "--name", "10.0.0.7", "--address", "10.0.0.8", "--ca", authority.path], in: devices)
    let names = try await Tool.openssl.output([
      "x509", "-in", devices.file("10.0.0.7.crt"), "-noout", "-subject", "-ext", "subjectAltName",
    ])
    #expect(names.contains("CN = 10.0.0.7") && names.contains("IP Address:10.0.0.8"), "\(names)")
  }

  @Test(arguments: [
    (["authority"], "ca.key exists already"), (["server", "--name", "a"], "server.crt exists already"),
    (["client", "--name", "new", "--name", "press-12"], "press-12.key exists already"),
  ])
  func `what is there is never overwritten, and nothing is made then`(words: [String], message: String) async throws {
    let folder = try TemporaryFolder()
    try await make(["authority"], in: folder)
    try FileManager.default.removeItem(atPath: folder.file("ca.crt"))
    for name in ["server.crt", "press-12.key"] { try folder.write("precious", to: name) }
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let outcome = try await run(words, folder)
    #expect(outcome.status == .code(1))
    #expect(outcome.errors.contains(message), "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test(arguments: [
    (["client", "--name", "a/b"], 2, "no /"), (["client", "--name", "../a"], 2, "no /"), (["client"], 2, "--name"),
    (["client", "--name", "a", "--name", "a"], 2, "twice"), (["server"], 2, "--name"),
    (["client", "--name", "a", "--address", "here"], 2, "IP address"), (["everything"], 2, "development, authority"),
    (["authority", "--ca", "x"], 2, "does not go with authority"), (["authority", "--days", "0"], 2, "36500"),
    (["client", "--name", "a"], 1, "make an authority first"), (["authority", "--name", "a\nb"], 1, "control"),
    (["authority", "--nane", "a"], 2, "no option --nane"), (["authority", "b"], 2, "one kind"),
  ])
  func `what is not possible is told, and nothing is made`(
    words: [String], status: Int32, message: String
  ) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await run(words, folder)
    #expect(outcome.status == .code(status), "\(outcome)")
    #expect(outcome.errors.contains(message), "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test
  func `development certificates are made once, and what is missing or expired is told`() async throws {
    let certificates = try await DevelopmentCertificates.make()
    let folder = certificates.folder
    let server = try String(contentsOfFile: folder.file("server.crt"), encoding: .utf8)
    let again = try await run(["development"], folder)
    #expect(again.isSuccess && again.output.contains("already"), "\(again)")
    // Whoever keeps the authority's key elsewhere has everything that is needed.
    try FileManager.default.removeItem(atPath: folder.file("ca.key"))
    #expect(try await run(["development"], folder).isSuccess)
    #expect(try String(contentsOfFile: folder.file("server.crt"), encoding: .utf8) == server)

    try await DevelopmentCertificates(folder: folder).expire(device: "device-2")
    let expired = try await run(["development"], folder)
    #expect(expired.status == .code(1) && expired.errors.contains("device-2.crt has expired"), "\(expired)")

    try FileManager.default.removeItem(atPath: folder.file("ca.crt"))
    let half = try await run(["development"], folder)
    #expect(half.status == .code(1) && half.errors.contains("ca.crt is missing"), "\(half)")
    #expect(try String(contentsOfFile: folder.file("server.crt"), encoding: .utf8) == server)
  }

  private func run(_ words: [String], _ folder: TemporaryFolder) async throws -> Tool.Outcome {
    try await SluiceBinary.run(["certificates"] + words + ["--out", folder.path])
  }

  private func make(_ words: [String], in folder: TemporaryFolder) async throws {
    let outcome = try await run(words, folder)
    try #require(outcome.isSuccess, "\(outcome)")
  }
}
