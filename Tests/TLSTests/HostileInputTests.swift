import TLS
import Testing

@Suite struct HostileInputTests {
  let authority: TestAuthority
  let client: PythonPeer
  let context: TLSContext

  init() throws {
    authority = try TestAuthority()
    client = try PythonPeer()
    context = try TLSContext(authority.options())
  }

  /// Gives the bytes to a fresh session; returns its state and the size of its answer.
  private func feed(_ bytes: [UInt8]) throws -> (state: TLSState, answer: Int) {
    let exchange = TLSExchange()
    let session = try TLSSession(context: context, exchange: exchange)
    var memory = [UInt8](repeating: 0, count: 1024)
    let received = memory.withUnsafeMutableBytes { plain in bytes.withUnsafeBytes { session.receive($0, into: plain) } }
    #expect(received.plaintextCount == 0 && !received.hasMore)
    return (received.state, exchange.output.count)
  }

  private func isHandshakeFailure(_ state: TLSState) -> Bool {
    if case .failed(let error) = state, case .handshake = error.kind { return true }
    return false
  }

  @Test(arguments: [
    [UInt8]("GET / HTTP/1.1\r\n\r\n".utf8), [0x10, 0x0D, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x78],
    [0x16, 3, 1, 0x40, 0] + [UInt8](repeating: 0x55, count: 200),
    [0x80, 0x2E, 1, 3, 1] + [UInt8](repeating: 0, count: 60),
    [UInt8](repeating: 0xFF, count: 3000), [UInt8](repeating: 0, count: 3000),
  ])
  func `bytes that are not TLS fail the handshake`(bytes: [UInt8]) throws {
    let state = try feed(bytes).state
    #expect(isHandshakeFailure(state) || state == .open && bytes[0] == 0x16, "\(state)")
  }

  @Test
  func `a plain client on a TLS port is told apart in the message`() throws {
    guard case .failed(let error) = try feed([UInt8]("GET / HTTP/1.1\r\n\r\n".utf8)).state else {
      Issue.record("must fail")
      return
    }
    #expect(error.message.contains("does not seem to speak TLS"))
  }

  @Test
  func `truncated and corrupted ClientHellos only end their own session`() throws {
    var random = SeededRandom(seed: 20_260_424)
    let hellos = try ["1.2", "1.3"].map { try client.connect(authority.client($0)) }
    for round in 0..<2000 {
      var hello = hellos[round / 2 % 2]
      if round % 2 == 0 {
        hello.removeLast(1 + Int(random.next() % UInt64(hello.count - 1)))
        #expect(try feed(hello) == (.open, 0), "round \(round): the session waits for the rest")
      } else {
        for _ in 0...Int(random.next() % 4) {
          hello[Int(random.next() % UInt64(hello.count))] ^= UInt8(truncatingIfNeeded: random.next() | 1)
        }
        _ = try feed(hello)
      }
    }
    let pair = try Pair(context, client, authority.client())
    #expect(client.state == .open && pair.session.isHandshakeComplete)
  }

  @Test(arguments: ["1.2", "1.3"])
  func `a corrupted record fails the session behind the data before it`(version: String) throws {
    var random = SeededRandom(seed: 7)
    for round in 0..<60 {
      let pair = try Pair(context, client, authority.client(version))
      let good = try client.send([1, 2, 3])
      var bad = try client.send([4, 5, 6])
      // The header's length may make the session wait for more; the body must always be found out.
      bad[5 + Int(random.next() % UInt64(bad.count - 5))] ^= 1 << UInt8(random.next() % 8)
      let answer = pair.receive(good + bad)
      #expect(pair.plaintext == [1, 2, 3])
      guard case .failed(let error) = pair.state, case .protocolViolation = error.kind else {
        Issue.record("round \(round): \(pair.state)")
        continue
      }
      #expect(!answer.isEmpty, "an alert is sent")
      #expect([UInt8(1)].withUnsafeBytes { pair.session.send($0) } == error)
      #expect(pair.receive(good).isEmpty && pair.state == .failed(error), "it stays failed")
    }
  }

  @Test
  func `an alert of the client is named in the error`() throws {
    // A client that trusts another authority refuses the server's certificate.
    let other = try TestAuthority()
    let pair = try Pair(context, client, other.client("1.2"))
    #expect(client.state == .failed)
    guard case .failed(let error) = pair.state else {
      Issue.record("must fail")
      return
    }
    #expect(error.kind == .handshake(alert: 48))
    #expect(error.message.contains("does not trust the server's certificate"))
  }

  @Test(arguments: ["1.0", "1.1"])
  func `older versions than TLS 1.2 are refused`(version: String) throws {
    let pair = try Pair(context, client, .init(version: version))
    #expect(client.state == .failed)
    #expect(isHandshakeFailure(pair.state), "\(pair.state)")
    #expect("\(pair.state)".contains("too old"))
  }

  @Test
  func `versions outside of the options are refused`() throws {
    for (minimum, maximum, version) in [(TLSVersion.v1_3, TLSVersion.v1_3, "1.2"), (.v1_2, .v1_2, "1.3")] {
      var options = authority.options()
      options.minimumVersion = minimum
      options.maximumVersion = maximum
      let pair = try Pair(TLSContext(options), client, authority.client(version))
      #expect(isHandshakeFailure(pair.state))
    }
  }

  @Test
  func `nothing can be sent before the handshake is done, and nothing is made of it`() throws {
    let exchange = TLSExchange()
    let session = try TLSSession(context: context, exchange: exchange)
    #expect([UInt8(1)].withUnsafeBytes { session.send($0) }?.kind == .state)
    session.sendCloseNotify()
    #expect(exchange.output.isEmpty)
  }
}
