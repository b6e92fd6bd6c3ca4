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

  /// Another client certificate of the same authority, made with openssl.
  ///
  /// - Parameters:
  ///   - days: How long it is valid; a negative number makes one that has expired.
  ///   - alternativeNames: In openssl's notation, such as `DNS:pump-1`.
  func issue(device name: String, days: Int = 30, alternativeNames: String? = nil) async throws {
    try await Self.issue(
      name, authority: authority, authorityKey: folder.file("ca.key"), days: days, alternativeNames: alternativeNames,
      in: folder)
  }

  /// A client certificate of the same authority that is not valid before the year 2090.
  func issueEarly(device name: String) async throws {
    let request = folder.file("\(name).csr")
    try await Tool.openssl.output(Self.newKey + ["-subj", "/CN=\(name)", "-keyout", key(of: name), "-out", request])
    let extensions = try folder.write("extendedKeyUsage=clientAuth\n", to: "\(name).ext")
    let database = try folder.write("", to: "\(name).index")
    let configuration = try folder.write(
      """
      [ca]
      default_ca = this
      [this]
      policy = any
      rand_serial = yes
      database = \(database)
      [any]
      commonName = supplied

      """, to: "\(name).ca")
    try await Tool.openssl.output([
      "ca", "-batch", "-notext", "-config", configuration, "-cert", authority, "-keyfile", folder.file("ca.key"), "-md",
      "sha256", "-outdir", folder.path, "-startdate", "20900101000000Z", "-enddate", "20910101000000Z",
      "-extfile", extensions, "-in", request, "-out", certificate(of: name),
    ])
  }

  /// A client certificate that an authority of the same name, but with another key, signed.
  func issueByStranger(device name: String) async throws {
    let (certificate, key) = (folder.file("stranger-ca.crt"), folder.file("stranger-ca.key"))
    try await Tool.openssl.output(
      Self.newKey + ["-x509", "-days", "90", "-subj", "/CN=Sluice development CA", "-keyout", key, "-out", certificate])
    try await Self.issue(name, authority: certificate, authorityKey: key, days: 90, alternativeNames: nil, in: folder)
  }

  /// A client certificate that no authority signed.
  func selfSign(device name: String) async throws {
    try await Tool.openssl.output(
      Self.newKey + ["-x509", "-days", "30", "-subj", "/CN=\(name)", "-keyout", key(of: name)]
        + ["-out", certificate(of: name)])
  }

  /// Replaces a device's certificate by one that has expired. The authority's key may be gone: it signs itself.
  func expire(device name: String) async throws {
    let request = folder.file("\(name).csr")
    try await Tool.openssl.output(Self.newKey + ["-subj", "/CN=\(name)", "-keyout", key(of: name), "-out", request])
    try await Tool.openssl.output([
      "x509", "-req", "-in", request, "-signkey", key(of: name), "-days", "-1", "-out", certificate(of: name),
    ])
  }

  /// Writes the server's key anew, encrypted with a passphrase; returns its path.
  func encryptServerKey(passphrase: String) async throws -> String {
    let path = folder.file("server.encrypted.key")
    try await Tool.openssl.output([
      "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", key(of: "server"), "-out", path, "-passout", "pass:\(passphrase)",
    ])
    return path
  }

  private static let newKey = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

  private static func issue(
    _ name: String, authority: String, authorityKey: String, days: Int, alternativeNames: String?,
    in folder: TemporaryFolder
  ) async throws {
    let request = folder.file("\(name).csr")
    try await Tool.openssl.output(
      newKey + ["-subj", "/CN=\(name)", "-keyout", folder.file("\(name).key"), "-out", request])
    let names = alternativeNames.map { "subjectAltName=\($0)\n" } ?? ""
    let extensions = try folder.write("extendedKeyUsage=clientAuth\n\(names)", to: "\(name).ext")
    try await Tool.openssl.output([
      "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authorityKey, "-set_serial", "0x\(serial(of: name))",
      "-days", "\(days)", "-extfile", extensions, "-out", folder.file("\(name).crt"),
    ])
  }

  private static func serial(of name: String) -> String {
    name.utf8.reduce("1") { $0 + ($1 < 16 ? "0" : "") + String($1, radix: 16) }
  }
}
