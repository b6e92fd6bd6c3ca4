/// What `sluice certificates development` makes: a CA, a server's certificate and two devices'.
struct DevelopmentCertificates: Sendable {
  let folder: TemporaryFolder

  static func make() async throws -> DevelopmentCertificates {
    let certificates = DevelopmentCertificates(folder: try TemporaryFolder())
    let outcome = try await SluiceBinary.run(["certificates", "development", "--out", certificates.folder.path])
    guard outcome.isSuccess else { throw HarnessFailure("certificates: \(outcome.status)\n\(outcome.errors)") }
    return certificates
  }

  var authority: String { folder.file("ca.crt") }
  func certificate(of name: String) -> String { folder.file("\(name).crt") }
  func key(of name: String) -> String { folder.file("\(name).key") }

  /// What Mosquitto's clients are told to be the device of this name.
  func mosquittoArguments(device name: String) -> [String] {
    ["--cafile", authority, "--cert", certificate(of: name), "--key", key(of: name)]
  }
}
