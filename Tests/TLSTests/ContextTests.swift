import Foundation
import TLS
import Testing

@Suite struct ContextTests {
  let authority: TestAuthority

  init() throws { authority = try TestAuthority() }

  private func error(_ change: (inout TLSServerOptions) throws -> Void) throws -> TLSError? {
    var options = authority.options(.required)
    try change(&options)
    do {
      _ = try TLSContext(options)
      return nil
    } catch { return error }
  }

  private func write(_ text: String, _ name: String) throws -> String {
    try CredentialFile.write([UInt8](text.utf8), to: authority.path(name), isSecret: true)
    return authority.path(name)
  }

  @Test
  func `files that are missing, empty, no files or no PEM are named in the error`() throws {
    let empty = authority.path("empty.pem")
    #expect(FileManager.default.createFile(atPath: empty, contents: nil))
    let garbage = try write("this is not PEM\n", "garbage.pem")
    let damaged = try write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "damaged.pem")
    let pipe = authority.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for (file, part) in [
      ("/nonexistent.pem", "No such file"), (authority.folder, "not a regular file"), (pipe, "not a regular file"),
      (empty, "empty"), (garbage, "there is no "), (damaged, "parse"), ("", "no file is named"),
    ] {
      for changed in [
        try error { $0.certificateChainFile = file }, try error { $0.privateKeyFile = file },
        try error { $0.clientAuthorityFile = file },
      ] {
        let message = try #require(changed, "\(file)").message
        #expect(file.isEmpty || message.contains(file), "\(message)")
        #expect(message.contains(part) || file == damaged, "\(message)")
      }
    }
  }

  @Test
  func `a private key of another certificate is refused`() throws {
    try authority.issue(server: "other")
    let refused = try error { $0.privateKeyFile = authority.path("other.key") }
    #expect(refused?.kind == .key)
    #expect(refused?.message.contains("not the key of") == true)
  }

  @Test(arguments: [["pkcs8", "-topk8", "-v2", "aes-256-cbc"], ["ec", "-aes256"]])
  func `an encrypted key needs its passphrase, and nobody is prompted`(command: [String]) throws {
    let file = authority.path("encrypted.key")
    let made = try Command.run(
      "/usr/bin/openssl", command + ["-in", authority.path("server.key"), "-out", file, "-passout", "pass:right one"])
    try #require(made.status == 0, "\(made.output)")
    #expect(
      try error {
        $0.privateKeyFile = file
        $0.privateKeyPassphrase = [UInt8]("right one".utf8)
      } == nil)
    for (passphrase, part) in [
      (nil, "is encrypted; give its passphrase"), ("wrong", "does not open"), ("", "1 to 1024 bytes"),
      (String(repeating: "x", count: 1025), "1 to 1024 bytes"), (String(repeating: "x", count: 1024), "does not open"),
    ] {
      let refused = try error {
        $0.privateKeyFile = file
        $0.privateKeyPassphrase = passphrase.map { [UInt8]($0.utf8) }
      }
      #expect(refused?.kind == .key)
      #expect(refused?.message.contains(part) == true, "\(refused?.message ?? "")")
      #expect(refused?.message.contains(file) == true)
    }
  }

  @Test
  func `options that are not possible are refused`() throws {
    for (part, change) in [
      (
        "newer than the maximum",
        {
          $0.minimumVersion = .v1_3; $0.maximumVersion = .v1_2
        }
      ),
      ("no file of authorities", { $0.clientAuthorityFile = nil }), ("cipher suites", { $0.cipherSuites = "NOTHING" }),
      ("cipher list", { $0.cipherList = "NOTHING" }), ("ALPN", { $0.alpnProtocols = [""] }),
      ("ALPN", { $0.alpnProtocols = [String(repeating: "x", count: 256)] }),
    ] as [(String, (inout TLSServerOptions) -> Void)] {
      let refused = try error(change)
      #expect(refused?.kind == .option, "\(part)")
      #expect(refused?.message.contains(part) == true, "\(refused?.message ?? "")")
    }
  }

  @Test
  func `a key that is too weak is refused`() throws {
    try Command.openssl(
      "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak", "-days", "3", "-keyout",
      authority.path("weak.key"), "-out", authority.path("weak.crt"))
    let refused = try error {
      $0.certificateChainFile = authority.path("weak.crt")
      $0.privateKeyFile = authority.path("weak.key")
    }
    #expect(refused?.kind == .certificate)
    #expect(refused?.message.contains("too small") == true, "\(refused?.message ?? "")")
  }

  @Test
  func `what works but is doubtful is a warning`() throws {
    #expect(try TLSContext(authority.options(.required)).warnings.isEmpty)
    try authority.issue(server: "server", validDays: 10, madeAgo: 20 * TestAuthority.day)
    #expect(chmod(authority.path("server.key"), 0o644) == 0)
    let warnings = try TLSContext(authority.options()).warnings
    #expect(warnings.count == 2, "\(warnings)")
    #expect(warnings.contains { $0.contains("server.key") && $0.contains("every user") })
    #expect(warnings.contains { $0.contains("server.crt") && $0.contains("has expired") })
    let later = try TLSContext(authority.options(.required), now: authority.now + 4000 * TestAuthority.day).warnings
    #expect(later.contains { $0.contains("ca.crt") && $0.contains("has expired") }, "\(later)")
  }

  @Test
  func `the context knows its own certificate`() throws {
    let certificate = try TLSContext(authority.options()).serverCertificate
    #expect(certificate.commonName == "localhost")
    #expect(certificate.notAfter == authority.now + 40 * TestAuthority.day)
    #expect(certificate.subjectAlternativeNames.contains(.ip("::1")))
  }

  @Test
  func `an application protocol is agreed on, and a client with only others is refused`() throws {
    var options = authority.options()
    options.alpnProtocols = ["mqtt", "x-other"]
    let client = try PythonPeer()
    let sessions = try {
      let context = try TLSContext(options)
      return try [["x-other", "mqtt"], ["x-other"], ["h2"], nil].map { names in
        var ask = authority.client()
        ask.alpn = names
        return try Pair(context, client, ask)
      }
    }()
    #expect(sessions.map(\.session.alpn) == ["mqtt", "x-other", nil, nil])
    #expect(sessions.map(\.session.isHandshakeComplete) == [true, true, false, true])
  }

  @Test
  func `a session lives on when its context is dropped`() throws {
    let client = try PythonPeer()
    let pair = try Pair(TLSContext(authority.options()), client, authority.client())
    try pair.toServer(client.send([1]))
    try pair.send([2])
    #expect(pair.plaintext == [1] && client.plaintext == [2])
  }

  @Test
  func `a chain with an intermediate authority is sent to the client whole`() throws {
    try authority.issueAuthority("root")
    try authority.issueAuthority("int", by: "root")
    let issued = try authority.authority("int").issueServer(
      dnsNames: ["localhost"], validDays: 3, now: authority.now)
    let intermediate = try String(contentsOfFile: authority.path("int.crt"), encoding: .utf8)
    var options = authority.options()
    options.certificateChainFile = try write(issued.certificatePEM + intermediate, "chain.crt")
    options.privateKeyFile = try write(issued.privateKeyPEM, "chain.key")
    let client = try PythonPeer()
    let pair = try Pair(TLSContext(options), client, .init(authority: authority.path("root.crt")))
    #expect(client.state == .open && pair.session.isHandshakeComplete, "\(client.words)")
  }
}
