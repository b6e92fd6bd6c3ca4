import COpenSSL
import Testing

/// OpenSSL's client over memory, for what Python's `ssl` does not offer: key updates of TLS 1.3, as many as one likes,
/// groups of key exchange, weak keys, and the names of authorities that a server tells.
final class OpenSSLPeer {
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer

  /// - Parameters:
  ///   - groups: the groups that are offered, the first one with a key share; OpenSSL's own when nil.
  ///   - version: OpenSSL's number of the only version; any when nil.
  ///   - ciphers: the suites of TLS 1.2.
  ///   - certificate: the file of a certificate, with its chain, and that of its key.
  init(
    groups: String? = nil, version: Int32? = nil, ciphers: String? = nil,
    certificate: (chain: String, key: String)? = nil
  ) throws {
    context = try #require(SSL_CTX_new(TLS_client_method()))
    // Whatever the server is to refuse must be possible here.
    SSL_CTX_set_security_level(context, 0)
    if let groups { try #require(cossl_ctx_set_groups(context, groups) == 1, "OpenSSL knows no \(groups)") }
    if let version {
      try #require(
        cossl_ctx_set_min_proto(context, version) == 1 && cossl_ctx_set_max_proto(context, version) == 1)
    }
    if let ciphers { try #require(SSL_CTX_set_cipher_list(context, ciphers) == 1) }
    if let certificate {
      try #require(SSL_CTX_use_certificate_chain_file(context, certificate.chain) == 1)
      try #require(SSL_CTX_use_PrivateKey_file(context, certificate.key, SSL_FILETYPE_PEM) == 1)
    }
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

  /// Goes on with the handshake as long as both have something to say; whether it is complete here.
  func tryHandshake(_ session: TLSSessionDriver) -> Bool {
    while SSL_do_handshake(ssl) != 1 {
      ERR_clear_error()
      let words = taken()
      if words.isEmpty { return false }
      let answer = session.receive(words)
      if answer.isEmpty { return false }
      give(answer)
    }
    give(session.receive(taken()))
    return true
  }

  /// The name of the group that both agreed on; meaningful once the handshake is done.
  var group: String { cossl_ssl_group_name(ssl).map { String(cString: $0) } ?? "" }

  /// How many authorities the server named.
  var authoritiesNamed: Int { Int(cossl_names_num(SSL_get0_peer_CA_list(ssl))) }

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
