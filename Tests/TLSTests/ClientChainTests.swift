import Foundation
import TLS
import Testing

/// Client certificates with others between them and an authority.
@Suite struct ClientChainTests {
  let files: TestAuthority

  init() throws { files = try TestAuthority() }

  /// Authorities of which each signed the next one, the root first.
  private func authorities(_ count: Int) throws -> [String] {
    for number in 0..<count { try files.issueAuthority("a\(number)", by: number > 0 ? "a\(number - 1)" : nil) }
    return (0..<count).map { "a\($0)" }
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: files.path("\(name).crt"), encoding: .utf8)
  }

  /// Where a handshake ends with a client that `signer` signed, and which sends `others` with its own certificate.
  private func state(_ signer: String, _ others: [String], anchor: String) throws -> TLSState {
    let issued = try files.authority(signer).issueClient(commonName: "device", validDays: 3, now: files.now)
    let chain = issued.certificatePEM + (try others.map(text)).joined()
    try CredentialFile.write([UInt8](chain.utf8), to: files.path("device.crt"), isSecret: false)
    try CredentialFile.write([UInt8](issued.privateKeyPEM.utf8), to: files.path("device.key"), isSecret: true)
    let context = try TLSContext(files.options(.required, authorityFile: files.path("\(anchor).crt")))
    return try Pair(context, PythonPeer(), files.client("1.3", certificate: "device")).state
  }

  @Test
  func `an intermediate authority is trusted by itself, and what is above it is not`() throws {
    let names = try authorities(3)
    #expect(try state(names[1], [], anchor: names[1]) == .open)
    #expect(try state(names[2], [names[2]], anchor: names[1]) == .open)
    guard case .failed(let error) = try state(names[0], [], anchor: names[1]) else {
      Issue.record("a sibling of the intermediate authority was accepted")
      return
    }
    #expect(error.kind == .peerCertificate)
  }

  @Test
  func `eight authorities may be between a client and the one that is trusted`() throws {
    let names = try authorities(10)
    #expect(try state(names[8], names[1...8].reversed(), anchor: names[0]) == .open)
    guard case .failed(let error) = try state(names[9], names[1...9].reversed(), anchor: names[0]) else {
      Issue.record("nine were accepted")
      return
    }
    #expect(error.kind == .peerCertificate && error.message.contains("chain too long"), "\(error)")
  }

  @Test
  func `a client sends at most ten certificates, and each has a bound`() throws {
    let names = try authorities(2)
    #expect(try state(names[1], Array(repeating: names[1], count: 9), anchor: names[0]) == .open)
    guard case .failed(let error) = try state(names[1], Array(repeating: names[1], count: 10), anchor: names[0])
    else {
      Issue.record("eleven certificates were accepted")
      return
    }
    #expect(error.message.contains("more than 10 certificates"), "\(error)")
  }
}
