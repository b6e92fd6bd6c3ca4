import Foundation
import TLS
import Testing

@Suite struct CertificateAuthorityTests {
  let files: TestAuthority

  init() throws {
    files = try TestAuthority()
    try files.issue(client: "sensor-1")
  }

  private func text(_ name: String) throws -> String {
    try Command.openssl("x509", "-in", files.path(name), "-noout", "-text")
  }

  private func option(_ body: () throws -> Void) -> TLSError? {
    do {
      try body()
      return nil
    } catch { return error as? TLSError }
  }

  @Test
  func `openssl verifies what was issued, for its purpose only and strictly`() throws {
    for (name, purpose, isRight) in [
      ("server", "sslserver", true), ("server", "sslclient", false), ("sensor-1", "sslclient", true),
      ("sensor-1", "sslserver", false),
    ] {
      let result = try Command.run(
        "/usr/bin/openssl",
        ["verify", "-x509_strict", "-CAfile", files.path("ca.crt"), "-purpose", purpose, files.path("\(name).crt")])
      #expect((result.status == 0) == isRight, "\(result.output)")
    }
  }

  @Test
  func `the extensions are those of an authority, a server and a client`() throws {
    let ca = try text("ca.crt")
    for part in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "Subject Key Identifier", "prime256v1"] {
      #expect(ca.contains(part), "\(part) in \(ca)")
    }
    let server = try text("server.crt")
    for part in [
      "CA:FALSE", "Digital Signature", "TLS Web Server Authentication", "Subject Key Identifier",
      "Authority Key Identifier", "DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
      "Version: 3", "ecdsa-with-SHA256",
    ] { #expect(server.contains(part), "\(part) in \(server)") }
    #expect(!server.contains("Client Authentication"))
    let client = try text("sensor-1.crt")
    #expect(client.contains("TLS Web Client Authentication") && !client.contains("Server Authentication"))
  }

  @Test
  func `serial numbers are random and long`() throws {
    let context = try (0..<20).map { index in
      try files.issue(server: "server")
      return try TLSContext(files.options()).serverCertificate.serialNumber
    }
    #expect(Set(context).count == 20)
    #expect(context.allSatisfy { $0.count >= 26 }, "\(context)")
  }

  @Test
  func `a certificate does not outlive its authority, and an expired authority issues none`() throws {
    let authority = try CertificateAuthority.create(commonName: "short", validDays: 10, now: files.now)
    let issued = try authority.issueServer(dnsNames: ["a.example"], validDays: 400, now: files.now)
    try issued.write(certificateFile: files.path("server.crt"), privateKeyFile: files.path("server.key"))
    let facts = try TLSContext(files.options()).serverCertificate
    #expect(facts.notAfter == files.now + 10 * TestAuthority.day)
    #expect(facts.notBefore == files.now - CertificateAuthority.backdatedSeconds)
    let late = option {
      _ = try authority.issueClient(commonName: "x", validDays: 1, now: files.now + 11 * TestAuthority.day)
    }
    #expect(late?.kind == .certificate)
  }

  @Test
  func `dates beyond 2050 are right`() throws {
    let authority = try CertificateAuthority.create(commonName: "long", validDays: 36_500, now: files.now)
    try authority.issued.write(certificateFile: files.path("server.crt"), privateKeyFile: files.path("server.key"))
    #expect(try TLSContext(files.options()).serverCertificate.notAfter == files.now + 36_500 * TestAuthority.day)
  }

  @Test
  func `names that are not possible are refused`() throws {
    let authority = files.authority
    let now = files.now
    for name in ["", String(repeating: "x", count: 65), "a\u{0}b", "a\nb", "\u{85}"] {
      #expect(option { _ = try authority.issueClient(commonName: name, validDays: 1, now: now) }?.kind == .option)
    }
    for name in [
      "", "a..b", "-a", "a,DNS:evil.example", "a b", "ü.example", "a*.example", String(repeating: "x", count: 64),
    ] {
      #expect(
        option { _ = try authority.issueServer(dnsNames: [name], validDays: 1, now: now) }?.kind == .option, "\(name)")
    }
    for address in ["", "1.2.3", "1.2.3.256", "::g", "localhost"] {
      #expect(
        option { _ = try authority.issueServer(dnsNames: [], ipAddresses: [address], validDays: 1, now: now) }?.kind
          == .option, "\(address)")
    }
    #expect(option { _ = try authority.issueServer(dnsNames: [], validDays: 1, now: now) }?.kind == .option)
    for days in [0, -1, 36_501] {
      #expect(option { _ = try authority.issueClient(commonName: "x", validDays: days, now: now) }?.kind == .option)
    }
    _ = try authority.issueClient(commonName: String(repeating: "é", count: 64), validDays: 1, now: now)
  }

  @Test
  func `an authority is read from files, and what is none is refused`() throws {
    let loaded = try CertificateAuthority.load(certificateFile: files.path("ca.crt"), keyFile: files.path("ca.key"))
    #expect(loaded.certificatePEM == files.authority.certificatePEM)
    let issued = try loaded.issueClient(commonName: "x", validDays: 1, now: files.now)
    try issued.write(certificateFile: files.path("x.crt"), privateKeyFile: files.path("x.key"))
    try Command.openssl("verify", "-CAfile", files.path("ca.crt"), files.path("x.crt"))
    let leaf = option {
      _ = try CertificateAuthority.load(certificateFile: files.path("server.crt"), keyFile: files.path("server.key"))
    }
    #expect(leaf?.kind == .certificate)
    let mixed = option {
      _ = try CertificateAuthority.load(certificateFile: files.path("ca.crt"), keyFile: files.path("server.key"))
    }
    #expect(mixed?.kind == .key)
    try Command.openssl(
      "pkcs8", "-topk8", "-in", files.path("ca.key"), "-out", files.path("ca.enc.key"), "-passout", "pass:secret")
    _ = try CertificateAuthority.load(
      certificateFile: files.path("ca.crt"), keyFile: files.path("ca.enc.key"), passphrase: [UInt8]("secret".utf8))
    let locked = option {
      _ = try CertificateAuthority.load(certificateFile: files.path("ca.crt"), keyFile: files.path("ca.enc.key"))
    }
    #expect(locked?.message.contains("is encrypted") == true)
  }

  @Test
  func `key files are for their owner only and replaced whole`() throws {
    func mode(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: files.path(name))[.posixPermissions] as? Int
    }
    #expect(chmod(files.path("server.key"), 0o666) == 0)
    try files.issue(server: "server")
    #expect(try mode("server.key") == 0o600)
    #expect(try mode("server.crt") == 0o644)
    let before = try FileManager.default.contentsOfDirectory(atPath: files.folder).sorted()
    let failed = option { try CredentialFile.write([1], to: files.path("none/there.key"), isSecret: true) }
    #expect(failed?.kind == .file)
    let folder = option { try CredentialFile.write([1], to: files.folder, isSecret: true) }
    #expect(folder?.kind == .file)
    #expect(try FileManager.default.contentsOfDirectory(atPath: files.folder).sorted() == before)
  }
}
