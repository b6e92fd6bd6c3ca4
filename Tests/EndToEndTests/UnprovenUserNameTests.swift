import Testing

/// User names that nothing proves, as SDKs and devices send them by themselves.
@Suite(.serialized)
struct UnprovenUserNameTests {
  private static let access = """
    rules:
      - everyone: true
        allow: { publish: ["open/#"] }
      - user: "*"
        allow: { publish: ["secret/#"] }
      - certificate: "*"
        allow: { publish: ["devices/{certificate}/#"] }

    """

  private func publish(
    _ port: UInt16, _ version: String, _ topic: String, _ arguments: [String]
  ) async throws -> Tool.Outcome {
    try await Tool.mosquittoPub.run(
      ["-h", "localhost", "-p", "\(port)", "-V", version, "-q", "1", "-t", topic, "-m", "x"] + arguments)
  }

  @Test(arguments: MutualTLSTests.versions)
  func `an anonymous listener without passwords takes them as anonymous, and warns at the start`(
    version: String
  ) async throws {
    let sluice = try await SluiceProcess.start(SluiceFiles(isAnonymousAllowed: true, access: Self.access))
    try await sluice.waitForLog("warning: there is no password_file")
    let port = try await sluice.port(of: "plain")
    for shown in [
      ["-u", "?SDK=Python&Version=1"], ["-u", ""], ["-u", "", "-P", ""], ["-u", "fixed", "-P", "secret"],
    ] {
      let outcome = try await publish(port, version, "open/x", shown)
      #expect(outcome.isSuccess && outcome.errors.isEmpty, "\(shown): \(outcome)")
    }
    // No rule for users sees the name.
    _ = try await publish(port, version, "secret/x", ["-u", "fixed", "-P", "secret", "-i", "nobody"])
    try await sluice.waitForLog("publish denied client=nobody user=\"\"")
    #expect(try await sluice.stop() == .code(0))
  }

  @Test(arguments: MutualTLSTests.versions)
  func `beside a certificate a name without a password is ignored, and a wrong password is refused`(
    version: String
  ) async throws {
    let certificates = try await DevelopmentCertificates.make()
    let folder = try TemporaryFolder()
    try await Passwords.set("line-4", "right", in: folder.file("passwords"))
    let files = SluiceFiles(
      certificates: certificates, authentication: ["password_file: \(folder.file("passwords"))"],
      access: Self.access, kept: [folder])
    let sluice = try await SluiceProcess.start(files)
    let port = try await sluice.port(of: "tls")
    let device = [
      "--cafile", certificates.authority, "--cert", certificates.certificate(of: "device-1"), "--key",
      certificates.key(of: "device-1"),
    ]
    for shown in [["-u", "?SDK=x"], ["-u", "line-4"], ["-u", ""], ["-u", "line-4", "-P", "right"]] {
      let outcome = try await publish(port, version, "devices/device-1/x", device + shown)
      #expect(outcome.isSuccess && outcome.errors.isEmpty, "\(shown): \(outcome)")
    }
    let wrong = try await publish(port, version, "devices/device-1/x", device + ["-u", "line-4", "-P", "wrong"])
    #expect(!wrong.isSuccess, "\(wrong)")
    let nobody = try await publish(try await sluice.port(of: "plain"), version, "open/x", ["-u", "line-4"])
    #expect(!nobody.isSuccess, "\(nobody)")
    #expect(!sluice.log.contains("no password_file"))
    #expect(try await sluice.stop() == .code(0))
  }

  @Test
  func `a key makes it strict`() async throws {
    let sluice = try await SluiceProcess.start(
      SluiceFiles(
        isAnonymousAllowed: true, authentication: ["unproven_user_names: refuse"], access: Self.access))
    let port = try await sluice.port(of: "plain")
    for shown in [["-u", "?SDK=x"], ["-u", "fixed", "-P", "secret"]] {
      #expect(try await publish(port, "5", "open/x", shown).status == .code(134))
    }
    #expect(try await publish(port, "5", "open/x", []).isSuccess)
    #expect(!sluice.log.contains("warning: there is no password_file"))
    #expect(try await sluice.stop() == .code(0))
  }
}
