import Foundation
import TLS
import Testing

/// `openssl s_client` on a socket of the loopback interface, and a session that serves it.
final class SocketClient {
  private let process = Process()
  private let keyboard = Pipe()
  private let screen = Pipe()
  private let socketDescriptor: Int32
  private let session: TLSSession
  private let exchange = TLSExchange()
  /// What the client printed.
  private(set) var printed = ""
  /// What the session delivered.
  private(set) var plaintext = ""
  private(set) var state = TLSState.open
  private(set) var handshakesFinished = 0
  private(set) var isClosed = false

  /// Starts the client and accepts its connection.
  init(_ context: TLSContext, _ arguments: [String]) throws {
    session = try TLSSession(context: context, exchange: exchange)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, generic, &length) == 0
      }
    }
    try #require(isListening)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["s_client", "-connect", "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"] + arguments
    process.standardInput = keyboard
    process.standardOutput = screen
    process.standardError = screen
    try process.run()
    var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    try #require(poll(&waiting, 1, 10_000) == 1, "the client did not connect")
    socketDescriptor = accept(listener, nil, nil)
    try #require(socketDescriptor >= 0)
  }

  deinit {
    if !isClosed { close(socketDescriptor) }
    try? keyboard.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Types into the client.
  func type(_ line: String) throws { try keyboard.fileHandleForWriting.write(contentsOf: Array("\(line)\n".utf8)) }

  /// Sends by the session.
  func send(_ text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { session.send($0) } == nil)
    flush()
  }

  /// Sends close_notify and shuts the socket down.
  func finish() {
    session.sendCloseNotify()
    flush()
    shutdown(socketDescriptor, Int32(SHUT_WR))
  }

  /// Moves bytes until `condition` holds; at most 20 seconds.
  func drive(_ what: String, until condition: (SocketClient) -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition(self) {
      try #require(ContinuousClock.now < deadline, "\(what); printed: \(printed)")
      var descriptors = [
        pollfd(fd: isClosed ? -1 : socketDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: screen.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&descriptors, 2, 1000)
      if descriptors[0].revents != 0 { receive() }
      if descriptors[1].revents != 0 {
        printed += String(decoding: screen.fileHandleForReading.availableData, as: UTF8.self)
      }
    }
  }

  private func receive() {
    var ciphertext = [UInt8](repeating: 0, count: 16_384)
    let count = read(socketDescriptor, &ciphertext, ciphertext.count)
    guard count > 0 else {
      close(socketDescriptor)
      isClosed = true
      return
    }
    var memory = [UInt8](repeating: 0, count: 40_000)
    let received = memory.withUnsafeMutableBytes { plain in
      ciphertext[..<count].withUnsafeBytes { session.receive($0, into: plain) }
    }
    plaintext += String(decoding: memory[..<received.plaintextCount], as: UTF8.self)
    state = received.state
    if received.handshakeFinished { handshakesFinished += 1 }
    flush()
  }

  private func flush() {
    let output = exchange.output
    if output.count > 0 { #expect(write(socketDescriptor, output.baseAddress, output.count) == output.count) }
    exchange.clearOutput()
  }
}
