import TLS
import Testing

@Suite struct SessionTests {
  let authority: TestAuthority
  let client: PythonPeer

  init() throws {
    authority = try TestAuthority()
    client = try PythonPeer()
  }

  @Test(arguments: ["1.2", "1.3"], [1, 3, 17, 1000, 0])
  func `data goes both ways however the bytes are split`(version: String, chunk: Int) throws {
    let context = try TLSContext(authority.options())
    let pair = try Pair(context, client, authority.client(version), chunk: chunk)
    #expect(client.state == .open, "\(client.words)")
    #expect(pair.session.isHandshakeComplete)
    #expect(pair.handshakesFinished == 1)
    #expect(pair.session.versionName == "TLSv\(version)")
    #expect(pair.session.serverName == "localhost")
    #expect(pair.session.alpn == nil)
    let data = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try pair.toServer(client.send(data))
    #expect(pair.plaintext == data)
    try pair.send(data)
    #expect(client.plaintext == data)
  }
}
