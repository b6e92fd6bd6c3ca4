import TLS
import Testing

@Suite struct SessionTests {
  let authority: TestAuthority
  let client: PythonPeer

  init() throws {
    authority = try TestAuthority()
    client = try PythonPeer()
  }

  private func pair(_ version: String = "1.3", chunk: Int = 0) throws -> Pair {
    let context = try TLSContext(authority.options())
    let pair = try Pair(context, client, authority.client(version), chunk: chunk)
    try #require(client.state == .open, "\(client.words) \(pair.state)")
    return pair
  }

  private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) } }

  @Test(arguments: ["1.2", "1.3"], [1, 3, 17, 1000, 0])
  func `data goes both ways however the bytes are split`(version: String, chunk: Int) throws {
    let pair = try pair(version, chunk: chunk)
    #expect(pair.session.isHandshakeComplete)
    #expect(pair.handshakesFinished == 1)
    #expect(pair.session.versionName == "TLSv\(version)")
    #expect(pair.session.serverName == "localhost")
    #expect(pair.session.alpn == nil)
    #expect(pair.session.peerCertificate() == nil)
    let data = pattern(40_000)
    try pair.toServer(client.send(data))
    #expect(pair.plaintext == data)
    try pair.send(data)
    #expect(client.plaintext == data)
  }

  @Test
  func `the negotiated suite of TLS 1.3 is AES-128-GCM where the client has it`() throws {
    #expect(try pair().session.cipherName == "TLS_AES_128_GCM_SHA256")
  }

  @Test(arguments: ["1.2", "1.3"])
  func `many small records in one read are delivered together`(version: String) throws {
    let pair = try pair(version)
    var records: [UInt8] = []
    for index in 0..<500 { records += try client.send([UInt8(truncatingIfNeeded: index)]) }
    try pair.toServer(records)
    #expect(pair.plaintext == (0..<500).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test
  func `data in the same flight as the client's Finished is delivered with the end of the handshake`() throws {
    let exchange = TLSExchange()
    let session = try TLSSession(context: TLSContext(authority.options()), exchange: exchange)
    var memory = [UInt8](repeating: 0, count: 4096)
    func give(_ bytes: [UInt8]) -> TLSReceived {
      memory.withUnsafeMutableBytes { plain in bytes.withUnsafeBytes { session.receive($0, into: plain) } }
    }
    // A TLS 1.2 client cannot do this: it waits for the server's Finished.
    let hello = try client.connect(authority.client("1.3"))
    #expect(!give(hello).handshakeFinished)
    let finished = try client.receive([UInt8](exchange.output))
    let received = give(try finished + client.send([1, 2, 3]))
    #expect(received.handshakeFinished && received.state == .open)
    #expect(Array(memory[..<received.plaintextCount]) == [1, 2, 3])
  }

  @Test(arguments: ["1.2", "1.3"], [1, 5, 100, 16_384])
  func `no ciphertext is lost when the memory for plaintext is small`(version: String, room: Int) throws {
    let pair = try pair(version)
    pair.room = room
    let data = pattern(room == 1 ? 5_000 : 100_000)
    try pair.toServer(client.send(data))
    #expect(pair.plaintext == data)
    try pair.toServer(client.send([7]))
    #expect(pair.plaintext == data + [7])
  }

  @Test
  func `ciphertext that comes before the rest was asked for is put behind it`() throws {
    let pair = try pair()
    let first = try client.send(pattern(50_000))
    let second = try client.send([1, 2, 3])
    var memory = [UInt8](repeating: 0, count: 10)
    let received = memory.withUnsafeMutableBytes { plain in
      first.withUnsafeBytes { pair.session.receive($0, into: plain) }
    }
    #expect(received.hasMore && received.plaintextCount == 10)
    pair.plaintext = Array(memory)
    _ = pair.receive(second)
    #expect(pair.plaintext == pattern(50_000) + [1, 2, 3])
  }

  @Test(arguments: ["1.2", "1.3"])
  func `a big transfer takes as few records as possible in both directions`(version: String) throws {
    let pair = try pair(version)
    let data = pattern(3_000_000)
    try pair.toServer(client.send(data))
    #expect(pair.plaintext == data)
    let error = data.withUnsafeBytes { pair.session.send($0) }
    #expect(error == nil)
    let ciphertext = pair.takeOutput()
    var records = 0
    var at = 0
    while at + 5 <= ciphertext.count {
      records += 1
      at += 5 + Int(ciphertext[at + 3]) << 8 + Int(ciphertext[at + 4])
    }
    #expect(at == ciphertext.count)
    #expect(records == (data.count + 16_383) / 16_384)
    _ = try client.receive(ciphertext)
    #expect(client.plaintext == data)
  }

  @Test
  func `a burst's output memory is given back after rounds that need less`() throws {
    let pair = try pair()
    let burst = [UInt8](repeating: 1, count: 4_000_000)
    #expect(burst.withUnsafeBytes { pair.session.send($0) } == nil)
    #expect(pair.exchange.outputCapacity >= burst.count)
    pair.exchange.clearOutput()
    for _ in 0..<1000 {
      #expect([UInt8](repeating: 1, count: 100).withUnsafeBytes { pair.session.send($0) } == nil)
      pair.exchange.clearOutput()
    }
    #expect(pair.exchange.outputCapacity == 64 * 1024)
  }

  @Test(arguments: ["1.2", "1.3"])
  func `the server's close_notify ends the client's input`(version: String) throws {
    let pair = try pair(version)
    pair.session.sendCloseNotify()
    let notify = pair.takeOutput()
    #expect(!notify.isEmpty)
    pair.session.sendCloseNotify()
    #expect(pair.takeOutput().isEmpty, "it is sent once")
    #expect([UInt8(1)].withUnsafeBytes { pair.session.send($0) }?.kind == .state)
    _ = try client.receive(notify)
    #expect(client.state == .closedByServer)
  }

  @Test(arguments: ["1.2", "1.3"])
  func `after the client's close_notify its data is delivered and the server can still send`(version: String) throws {
    let pair = try pair(version)
    let last = try client.send([9, 9, 9])
    let notify = try client.close()
    _ = pair.receive(last + notify)
    #expect(pair.plaintext == [9, 9, 9])
    #expect(pair.state == .closedByPeer)
    #expect([UInt8(1), 2].withUnsafeBytes { pair.session.send($0) } == nil)
    #expect(!pair.takeOutput().isEmpty)
    _ = pair.receive([1, 2, 3])
    #expect(pair.state == .closedByPeer, "what comes after it is ignored")
  }

  @Test
  func `a session goes on with the exchange that it was moved to`() throws {
    let pair = try pair()
    // Ciphertext that is kept, and half a record inside of OpenSSL, must come along.
    let data = try client.send(pattern(30_000))
    var memory = [UInt8](repeating: 0, count: 100)
    let received = memory.withUnsafeMutableBytes { plain in
      data[..<25_000].withUnsafeBytes { pair.session.receive($0, into: plain) }
    }
    #expect(received.hasMore)
    let other = TLSExchange()
    pair.session.move(to: other)
    var plaintext = Array(memory)
    var rest = Array(data[25_000...])
    memory = [UInt8](repeating: 0, count: 64 * 1024)
    var more = true
    while more {
      let received = memory.withUnsafeMutableBytes { plain in
        rest.withUnsafeBytes { pair.session.receive($0, into: plain) }
      }
      plaintext += memory[..<received.plaintextCount]
      more = received.hasMore
      rest = []
    }
    #expect(plaintext == pattern(30_000))
    #expect([UInt8(4), 5].withUnsafeBytes { pair.session.send($0) } == nil)
    #expect(pair.exchange.output.isEmpty)
    _ = try client.receive([UInt8](other.output))
    #expect(client.plaintext == [4, 5])
  }

  @Test
  func `sessions of one exchange do not disturb each other while their handshakes interleave`() throws {
    let context = try TLSContext(authority.options())
    let exchange = TLSExchange()
    let clients = try (0..<3).map { _ in try PythonPeer() }
    let sessions = try clients.map { _ in try TLSSession(context: context, exchange: exchange) }
    var memory = [UInt8](repeating: 0, count: 64 * 1024)
    func drive(_ index: Int, _ bytes: [UInt8]) -> ([UInt8], [UInt8]) {
      let received = memory.withUnsafeMutableBytes { plain in
        bytes.withUnsafeBytes { sessions[index].receive($0, into: plain) }
      }
      defer { exchange.clearOutput() }
      return ([UInt8](exchange.output), Array(memory[..<received.plaintextCount]))
    }
    var flights = try clients.map { try $0.connect(authority.client("1.3")) }
    for index in clients.indices { _ = drive(index, Array(flights[index][..<50])) }
    for index in clients.indices { flights[index] = drive(index, Array(flights[index][50...])).0 }
    for index in clients.indices.reversed() { flights[index] = try clients[index].receive(flights[index]) }
    for index in clients.indices { _ = drive(index, flights[index]) }
    for index in clients.indices {
      #expect(sessions[index].isHandshakeComplete)
      #expect(drive(index, try clients[index].send([UInt8(index)])).1 == [UInt8(index)])
    }
  }
}
