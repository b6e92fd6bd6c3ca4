import COpenSSL
import Testing

/// OpenSSL's client over memory, for what Python's `ssl` does not offer: key updates of TLS 1.3, as many as one likes.
final class OpenSSLPeer {
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer

  init() throws {
    context = try #require(SSL_CTX_new(TLS_client_method()))
    ssl = try #require(SSL_new(context))
    incoming = try #require(BIO_new(BIO_s_mem()))
    outgoing = try #require(BIO_new(BIO_s_mem()))
    SSL_set_bio(ssl, incoming, outgoing)
    SSL_set_connect_state(ssl)
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
  }

  /// Completes the handshake with `session`.
  func handshake(_ session: TLSSessionDriver) throws {
    while SSL_do_handshake(ssl) != 1 {
      let answer = session.receive(taken())
      try #require(!answer.isEmpty, "the handshake does not go on")
      give(answer)
    }
    _ = session.receive(taken())
  }

  /// So many key updates, in one run of bytes; `asking` for as many of the server.
  func keyUpdates(_ count: Int, asking: Bool) throws -> [UInt8] {
    for _ in 0..<count {
      try #require(SSL_key_update(ssl, asking ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
      try #require(SSL_do_handshake(ssl) == 1)
    }
    return taken()
  }

  /// Encrypts `bytes`.
  func send(_ bytes: [UInt8]) throws -> [UInt8] {
    try #require(SSL_write(ssl, bytes, Int32(bytes.count)) == Int32(bytes.count))
    return taken()
  }

  /// Decrypts what the server sent.
  func receive(_ ciphertext: [UInt8]) -> [UInt8] {
    give(ciphertext)
    var memory = [UInt8](repeating: 0, count: 16_384)
    let count = SSL_read(ssl, &memory, Int32(memory.count))
    return count > 0 ? Array(memory[..<Int(count)]) : []
  }

  private func give(_ bytes: [UInt8]) { _ = BIO_write(incoming, bytes, Int32(bytes.count)) }

  private func taken() -> [UInt8] {
    var all: [UInt8] = []
    var memory = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = BIO_read(outgoing, &memory, Int32(memory.count))
      if count <= 0 { return all }
      all += memory[..<Int(count)]
    }
  }
}
