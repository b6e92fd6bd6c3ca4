import TLS
import Testing

/// A session of the module and a client, with memory between them.
final class Pair {
  let session: TLSSession
  let exchange: TLSExchange
  let client: PythonPeer
  /// How many bytes the session is given at once; 0 for all.
  var chunk = 0
  /// The memory for plaintext.
  var room = 64 * 1024
  /// All plaintext that the session delivered.
  var plaintext: [UInt8] = []
  /// The session's last state.
  var state = TLSState.open
  var handshakesFinished = 0

  init(_ context: TLSContext, _ client: PythonPeer, _ options: PythonPeer.Options, chunk: Int = 0) throws {
    exchange = TLSExchange()
    session = try TLSSession(context: context, exchange: exchange)
    self.client = client
    self.chunk = chunk
    try toServer(client.connect(options))
  }

  /// Gives bytes to the session, and its answer to the client, until both are silent.
  func toServer(_ first: [UInt8]) throws {
    var ciphertext = first
    while !ciphertext.isEmpty {
      var answer: [UInt8] = []
      let step = chunk == 0 ? ciphertext.count : chunk
      for start in stride(from: 0, to: ciphertext.count, by: step) {
        answer += receive(Array(ciphertext[start..<min(start + step, ciphertext.count)]))
      }
      ciphertext = answer.isEmpty ? [] : try client.receive(answer)
    }
  }

  /// Gives bytes to the session; returns what it wants to send.
  func receive(_ ciphertext: [UInt8]) -> [UInt8] {
    var input = ciphertext
    var answer: [UInt8] = []
    var memory = [UInt8](repeating: 0, count: room)
    while true {
      let received = memory.withUnsafeMutableBytes { plain in
        input.withUnsafeBytes { session.receive($0, into: plain) }
      }
      plaintext += memory[..<received.plaintextCount]
      state = received.state
      if received.handshakeFinished { handshakesFinished += 1 }
      answer += takeOutput()
      input = []
      if !received.hasMore { return answer }
    }
  }

  /// Takes what the exchange holds to be sent.
  func takeOutput() -> [UInt8] {
    defer { exchange.clearOutput() }
    return [UInt8](exchange.output)
  }

  /// Encrypts by the session and gives it to the client.
  func send(_ bytes: [UInt8]) throws {
    let error = bytes.withUnsafeBytes { session.send($0) }
    #expect(error == nil)
    try toServer(client.receive(takeOutput()))
  }
}
