import Foundation
import HTTPServer
import TLS
import Testing

@Suite struct HTTPSTests {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("https-\(UUID().uuidString)").path
  let now = Int64(Date().timeIntervalSince1970)
  let authority: CertificateAuthority
  let hello = HTTPRoute(.get, "/hello") { _ in .text("hello") }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    authority = try CertificateAuthority.create(commonName: "Test authority", validDays: 30, now: now)
    try authority.issued.write(certificateFile: "\(folder)/ca.crt", privateKeyFile: "\(folder)/ca.key")
    try issueServer("server")
    try authority.issueClient(commonName: "operator", validDays: 30, now: now)
      .write(certificateFile: "\(folder)/client.crt", privateKeyFile: "\(folder)/client.key")
  }

  private func issueServer(_ name: String) throws {
    try authority.issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], validDays: 30, now: now)
      .write(certificateFile: "\(folder)/\(name).crt", privateKeyFile: "\(folder)/\(name).key")
  }

  private func context(_ policy: ClientCertificatePolicy = .none, server: String = "server") throws -> TLSContext {
    try TLSContext(
      TLSServerOptions(
        certificateChainFile: "\(folder)/\(server).crt", privateKeyFile: "\(folder)/\(server).key",
        clientCertificates: policy, clientAuthorityFile: policy == .none ? nil : "\(folder)/ca.crt"))
  }

  /// curl's exit status and what it wrote.
  private func curl(_ port: UInt16, _ options: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments =
      ["-sS", "--max-time", "20", "--cacert", "\(folder)/ca.crt"] + options + ["https://127.0.0.1:\(port)/hello"]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  @Test(arguments: ["--tlsv1.3", "--tls-max=1.2"])
  func `a route answers over TLS`(version: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], tls: context())
    let version = version.split(separator: "=").map(String.init)
    let answer = version.count == 1 ? try curl(server.port, version[0]) : try curl(server.port, version[0], version[1])
    #expect(answer.output == "hello\n")
    #expect(answer.status == 0)
  }

  @Test func `a client without the certificate that is required gets nothing, one with it is served`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], tls: context(.required))
    #expect(try curl(server.port).status != 0)
    let known = try curl(server.port, "--cert", "\(folder)/client.crt", "--key", "\(folder)/client.key")
    #expect(known.output == "hello\n")
  }

  @Test func `plain bytes and a silent client on a TLS port are cut off and do no harm`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var limits = HTTPServerLimits()
    limits.requestSecondsMax = 1
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], tls: context(), limits: limits)
    let silent = try RawClient(port: server.port)
    let plain = try RawClient(port: server.port)
    plain.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(try !plain.read().contains("hello"))
    #expect(try silent.read().isEmpty)
    #expect(try curl(server.port).output == "hello\n")
  }

  @Test func `a new context serves the connections that come after it`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try HTTPServer(host: "127.0.0.1", port: 0, routes: [hello], tls: context())
    #expect(try curl(server.port).status == 0)
    server.replace(tls: try context(.required))
    #expect(try curl(server.port).status != 0)
  }
}
