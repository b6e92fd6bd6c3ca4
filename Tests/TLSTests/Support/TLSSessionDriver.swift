import TLS

/// A session of the module and its exchange, given bytes by hand.
final class TLSSessionDriver {
  let session: TLSSession
  private let exchange = TLSExchange()
  /// All plaintext that the session delivered.
  private(set) var plaintext: [UInt8] = []
  private(set) var state = TLSState.open

  init(_ context: TLSContext) throws { session = try TLSSession(context: context, exchange: exchange) }

  /// Gives bytes to the session; returns what it wants to send.
  func receive(_ ciphertext: [UInt8]) -> [UInt8] {
    var memory = [UInt8](repeating: 0, count: ciphertext.count + 16_384)
    let received = memory.withUnsafeMutableBytes { plain in
      ciphertext.withUnsafeBytes { session.receive($0, into: plain) }
    }
    plaintext += memory[..<received.plaintextCount]
    state = received.state
    return taken()
  }

  /// Encrypts `bytes`.
  func send(_ bytes: [UInt8]) -> [UInt8] {
    _ = bytes.withUnsafeBytes { session.send($0) }
    return taken()
  }

  private func taken() -> [UInt8] {
    defer { exchange.clearOutput() }
    return [UInt8](exchange.output)
  }
}
