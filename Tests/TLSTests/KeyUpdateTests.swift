import TLS
import Testing

/// A key update costs the server two derivations of keys and its sender 27 bytes.
@Suite struct KeyUpdateTests {
  let authority: TestAuthority
  let context: TLSContext
  let session: TLSSessionDriver
  let client: OpenSSLPeer

  init() throws {
    authority = try TestAuthority()
    context = try TLSContext(authority.options())
    session = try TLSSessionDriver(context)
    client = try OpenSSLPeer()
    try client.handshake(session)
  }

  private func isRefused(_ state: TLSState) -> Bool {
    guard case .failed(let error) = state, error.kind == .protocolViolation(alert: nil) else { return false }
    return error.message.contains("key updates")
  }

  @Test(arguments: [false, true])
  func `a few key updates are taken, however they are asked for`(asking: Bool) throws {
    for round in UInt8(0)..<3 {
      let answer = session.receive(try client.keyUpdates(5, asking: asking) + client.send([round]))
      #expect(answer.isEmpty != asking)
      #expect(client.receive(answer + session.send([round, round])) == [round, round])
    }
    #expect(session.plaintext == [0, 1, 2] && session.state == .open)
  }

  @Test(arguments: [false, true])
  func `of a flood of key updates in one read, most are not looked at`(asking: Bool) throws {
    let flood = try client.send([7]) + client.keyUpdates(2000, asking: asking) + client.send([8])
    let answer = session.receive(flood)
    #expect(isRefused(session.state), "\(session.state)")
    #expect(session.plaintext == [7], "what came before it counts")
    // An answer has 27 bytes.
    #expect(answer.count < 100 * 27)
    #expect(session.receive(try client.send([9])).isEmpty && isRefused(session.state), "it stays so")
  }

  @Test
  func `a flood of key updates with data between them ends too`() throws {
    // Each time as many as pass in one second; two times of a thousand fall into the same one.
    for _ in 0..<1000 where session.state == .open {
      _ = session.receive(try client.keyUpdates(60, asking: false) + client.send([1]))
    }
    #expect(isRefused(session.state), "\(session.state)")
  }
}
