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
