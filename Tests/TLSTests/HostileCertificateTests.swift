import Foundation
import TLS
import Testing

@Suite struct HostileCertificateTests {
  let files: TestAuthority

  init() throws { files = try TestAuthority() }

  /// The DER bytes of the server's certificate.
  private func certificate() throws -> [UInt8] {
    let text = try String(contentsOfFile: files.path("server.crt"), encoding: .utf8)
    let body = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    return [UInt8](try #require(Data(base64Encoded: body)))
  }

  /// Makes a context with these bytes as its own certificate, whose signature nobody checks.
  private func load(_ bytes: [UInt8]) throws -> Result<PeerCertificate, TLSError> {
    let body = Data(bytes).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    let text = "-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: files.path("changed.crt")))
    var options = files.options()
    options.certificateChainFile = files.path("changed.crt")
    do throws(TLSError) { return .success(try TLSContext(options).serverCertificate) } catch { return .failure(error) }
  }

  @Test
  func `a NUL in a name neither ends it nor is passed on`() throws {
    var bytes = try certificate()
    let name = [UInt8]("localhost".utf8)
    var changed = 0
    for start in 0..<(bytes.count - name.count) where Array(bytes[start..<start + name.count]) == name {
      bytes[start + 5] = 0
      changed += 1
    }
    #expect(changed == 2, "the common name and the alternative name")
    let facts = try load(bytes).get()
    #expect(facts.commonName == nil)
    #expect(facts.subject == #"CN=local\00ost"#)
    #expect(facts.subjectAlternativeNames == [.dns("*.example.org"), .ip("127.0.0.1"), .ip("::1")])
  }

  @Test
  func `a name that is not UTF-8 is no name`() throws {
    var bytes = try certificate()
    let name = [UInt8]("localhost".utf8)
    let start = try #require(
      (0..<bytes.count - name.count).first { Array(bytes[$0..<$0 + name.count]) == name })
    bytes[start + 3] = 0xFF
    bytes[start - 2] = 0x0C
    if case .success(let facts) = try load(bytes) { #expect(facts.commonName == nil) }
  }

  @Test(
    arguments: [
      (0x14, [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72, 0x20, 0x37], "Müller 7"),  // T61String, taken for Latin-1
      (0x1E, [0x00, 0x4D, 0x00, 0xFC, 0x00, 0x6C, 0x00, 0x6C], "Müll"),  // BMPString
      (0x1E, [0x00, 0x41, 0x00, 0x0A, 0x00, 0x42, 0x00, 0x43], nil),
      (0x1E, [0x00, 0x41, 0x00, 0x00, 0x00, 0x42, 0x00, 0x43], nil),
      (0x1E, [0x00, 0x41, 0xDC, 0x00, 0xD8, 0x00, 0x00, 0x42], nil),
      (0x1C, [0x00, 0x01, 0xF6, 0x00, 0x00, 0x00, 0x00, 0x41], "😀A"),  // UniversalString
      (0x1C, [0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x41], nil),
      (0x1C, [0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x41], nil),
      (0x0C, [0x41, 0xC2, 0x9B, 0x33, 0x31, 0x6D, 0x42, 0x43], nil),  // UTF8String with C1's CSI
      (0x0C, [0x41, 0xED, 0xA0, 0x80, 0x42, 0x42, 0x42, 0x42], nil),
      (0x0C, [0x41, 0xC0, 0xAF, 0x42, 0x42, 0x42, 0x42, 0x42], nil),
      (0x16, [0x41, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x42, 0x43], nil),
      (0x03, [0x00, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47], nil),  // BIT STRING
    ] as [(UInt8, [UInt8], String?)])
  func `a common name in any of ASN1's alphabets is its text, or none`(
    tag: UInt8, name: [UInt8], expected: String?
  ) throws {
    try files.authority.issueServer(
      dnsNames: ["localhost"], commonName: "PLACE-IT", validDays: 5, now: files.now
    ).write(certificateFile: files.path("server.crt"), privateKeyFile: files.path("server.key"))
    var bytes = try certificate()
    let place = [UInt8]("PLACE-IT".utf8)
    let start = try #require((0..<bytes.count - 8).first { Array(bytes[$0..<$0 + 8]) == place })
    bytes[start - 2] = tag
    bytes.replaceSubrange(start..<start + 8, with: name)
    switch try load(bytes) {
    case .success(let facts):
      #expect(facts.commonName == expected)
      let controls = facts.subject.unicodeScalars.filter { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
      #expect(controls.isEmpty, "\(facts.subject.debugDescription)")
    case .failure: #expect(expected == nil)
    }
  }

  @Test
  func `damaged certificates give facts or a clear error`() throws {
    var random = SeededRandom(seed: 99)
    let whole = try certificate()
    var refused = 0
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0...Int(random.next() % 3) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      switch try load(bytes) {
      case .success(let facts): #expect(facts.sha256.count == 32)
      case .failure(let error):
        refused += 1
        #expect(error.message.contains("changed.crt") && !error.message.contains("no reason given"), "\(error)")
      }
    }
    #expect(refused > 100)
    _ = try TLSContext(files.options())
  }
}
