import Foundation
import TLS

/// An authority and what it issued, in a folder that goes away with the object.
final class TestAuthority {
  static let day: Int64 = 86_400
  let folder: String
  let authority: CertificateAuthority
  let now = Int64(Date().timeIntervalSince1970)

  init(commonName: String = "Test authority") throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
    authority = try CertificateAuthority.create(commonName: commonName, validDays: 3650, now: now)
    try authority.issued.write(certificateFile: path("ca.crt"), privateKeyFile: path("ca.key"))
    try issue(server: "server")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes `name`.crt and `name`.key for localhost.
  func issue(server name: String, validDays: Int = 40, madeAgo: Int64 = 0) throws {
    let issued = try authority.issueServer(
      dnsNames: ["localhost", "*.example.org"], ipAddresses: ["127.0.0.1", "::1"], validDays: validDays,
      now: now - madeAgo)
    try issued.write(certificateFile: path("\(name).crt"), privateKeyFile: path("\(name).key"))
  }

  /// Writes `name`.crt and `name`.key.
  func issue(client name: String, validDays: Int = 30, madeAgo: Int64 = 0) throws {
    let issued = try authority.issueClient(commonName: name, validDays: validDays, now: now - madeAgo)
    try issued.write(certificateFile: path("\(name).crt"), privateKeyFile: path("\(name).key"))
  }

  /// Writes `name`.crt and `name`.key of an authority that `signer` signed; a root when there is none.
  func issueAuthority(_ name: String, by signer: String? = nil) throws {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("\(name).key")]
    let signing = signer.map { ["-CA", path("\($0).crt"), "-CAkey", path("\($0).key")] } ?? []
    try Command.openssl(
      ["req", "-x509", "-subj", "/CN=\(name)", "-days", "9", "-out", path("\(name).crt")] + key + signing)
  }

  /// One of those that ``issueAuthority(_:by:)`` wrote.
  func authority(_ name: String) throws -> CertificateAuthority {
    try CertificateAuthority.load(certificateFile: path("\(name).crt"), keyFile: path("\(name).key"))
  }

  /// The options of a server with the certificate `server`.
  func options(
    _ clientCertificates: ClientCertificatePolicy = .none, authorityFile: String? = nil
  ) -> TLSServerOptions {
    TLSServerOptions(
      certificateChainFile: path("server.crt"), privateKeyFile: path("server.key"),
      clientCertificates: clientCertificates,
      clientAuthorityFile: clientCertificates == .none ? nil : authorityFile ?? path("ca.crt"))
  }

  /// The options of a client that trusts this authority.
  func client(_ version: String? = nil, certificate: String? = nil) -> PythonPeer.Options {
    PythonPeer.Options(
      version: version, authority: path("ca.crt"), certificate: certificate.map { path("\($0).crt") },
      key: certificate.map { path("\($0).key") })
  }
}
