import Foundation
import TLS
import Testing

/// Each runs in a process of its own, where nothing else allocates. Under a sanitizer the figures would be its own.
@Suite(.enabled(if: dlsym(nil, "__asan_init") == nil)) struct MemoryTests {
  /// Bytes that are allocated and not freed, from the report of glibc's allocator, whose header Swift's Glibc module
  /// leaves out.
  static func allocatedBytes() throws -> Int {
    typealias MallocInfo = @convention(c) (Int32, UnsafeMutablePointer<FILE>?) -> Int32
    let symbol = try #require(dlsym(nil, "malloc_info"))
    var text: UnsafeMutablePointer<CChar>?
    var count = 0
    let file = try #require(open_memstream(&text, &count))
    #expect(unsafeBitCast(symbol, to: MallocInfo.self)(0, file) == 0)
    fclose(file)
    defer { free(text) }
    let report = String(cString: try #require(text))
    // The last of each kind is the sum of all arenas.
    func size(_ kind: String) -> Int {
      guard let at = report.range(of: kind, options: .backwards) else { return 0 }
      let rest = report[at.upperBound...]
      guard let value = rest.range(of: "size=\"") else { return 0 }
      return Int(rest[value.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    return size("<system type=\"current\"") + size("<total type=\"mmap\"") - size("<total type=\"fast\"")
      - size("<total type=\"rest\"")
  }

  /// Writes what went wrong where the parent process sees it.
  static func explain(_ body: () throws -> Void) throws {
    do { try body() } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      throw error
    }
  }

  /// Shows what a process of its own had to say: the figures, or what went wrong.
  static func show(_ result: ExitTest.Result?) {
    guard let result else { return }
    print(String(decoding: result.standardErrorContent, as: UTF8.self))
  }

  static func connect(
    _ context: TLSContext, _ exchange: TLSExchange, _ client: PythonPeer, _ options: PythonPeer.Options
  )
    throws -> TLSSession
  {
    let session = try TLSSession(context: context, exchange: exchange)
    var memory = [UInt8](repeating: 0, count: 64 * 1024)
    var flight = try client.connect(options)
    while !flight.isEmpty {
      _ = memory.withUnsafeMutableBytes { plain in flight.withUnsafeBytes { session.receive($0, into: plain) } }
      flight = exchange.output.isEmpty ? [] : try client.receive([UInt8](exchange.output))
      exchange.clearOutput()
    }
    // As on a real connection, something was received and sent.
    flight = try client.send([1, 2, 3])
    _ = memory.withUnsafeMutableBytes { plain in flight.withUnsafeBytes { session.receive($0, into: plain) } }
    _ = memory.prefix(16_000).withUnsafeBytes { session.send($0) }
    exchange.clearOutput()
    return session
  }

  @Test
  func `an idle session of TLS 1.3 holds less than 20 KB, with a client certificate less than 26 KB`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try MemoryTests.explain {
        for (policy, bytesMax) in [(ClientCertificatePolicy.none, 20_000), (.required, 26_000)] {
          let authority = try TestAuthority()
          try authority.issue(client: "sensor-1")
          let context = try TLSContext(authority.options(policy))
          let client = try PythonPeer()
          let options = authority.client("1.3", certificate: policy == .none ? nil : "sensor-1")
          let exchange = TLSExchange()
          var sessions: [TLSSession] = []
          sessions.reserveCapacity(500)
          for _ in 0..<20 { sessions.append(try MemoryTests.connect(context, exchange, client, options)) }
          let before = try MemoryTests.allocatedBytes()
          for _ in 0..<200 { sessions.append(try MemoryTests.connect(context, exchange, client, options)) }
          let each = (try MemoryTests.allocatedBytes() - before) / 200
          FileHandle.standardError.write(Data("idle bytes a session, \(policy): \(each)\n".utf8))
          try #require(each < bytesMax)
          try #require(sessions.count == 220)
        }
      }
    }
    MemoryTests.show(result)
  }

  @Test
  func `handshakes, good and failed ones, leave nothing behind`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try MemoryTests.explain {
        let rounds = ProcessInfo.processInfo.environment["TLS_LEAK_ROUNDS"].flatMap(Int.init) ?? 200
        let authority = try TestAuthority()
        try authority.issue(client: "sensor-1")
        try authority.issue(client: "expired", validDays: 1, madeAgo: 9 * TestAuthority.day)
        let context = try TLSContext(authority.options(.optional))
        let client = try PythonPeer()
        let exchange = TLSExchange()
        func round(_ index: Int) throws {
          for name in ["sensor-1", nil] {
            let options = authority.client(index % 2 == 0 ? "1.3" : "1.2", certificate: name)
            let session = try MemoryTests.connect(context, exchange, client, options)
            try #require(session.peerCertificate()?.commonName == name)
            session.sendCloseNotify()
            exchange.clearOutput()
          }
          let refused = try Pair(context, client, authority.client("1.2", certificate: "expired"))
          try #require(refused.state != .open)
          _ = try Pair(context, client, .init(version: "1.1"))
        }
        // The allocator settles over some hundred handshakes.
        for index in 0..<300 { try round(index) }
        let before = try MemoryTests.allocatedBytes()
        for index in 0..<rounds { try round(index) }
        let grown = try MemoryTests.allocatedBytes() - before
        FileHandle.standardError.write(Data("bytes more after \(rounds * 4) handshakes: \(grown)\n".utf8))
        // One certificate or session left behind in each round would be more; the allocator itself moves by some 300
        // bytes.
        try #require(grown < rounds * 1_000)
      }
    }
    MemoryTests.show(result)
  }
}
