import COpenSSL

/// Looks at a client's Certificate message before OpenSSL parses it, and sees to it that one that is refused is not
/// parsed.
enum ClientChainGate {
  private static let headerBytes = 4
  private static let certificate: UInt8 = 11

  /// The callback for `SSL_CTX_set_msg_callback`, which is called with each message once it is complete and before it
  /// is processed; sessions take it off when their handshake is done.
  static let look:
    @convention(c) (Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?) -> Void = {
      sent, version, kind, bytes, count, ssl, _ in
      guard sent == 0, kind == SSL3_RT_HANDSHAKE, count > headerBytes, let bytes, let ssl,
        bytes.load(as: UInt8.self) == certificate
      else { return }
      received(UnsafeRawBufferPointer(start: bytes + headerBytes, count: count - headerBytes), version, ssl)
    }

  private static func received(_ body: UnsafeRawBufferPointer, _ version: Int32, _ ssl: OpaquePointer) {
    let isTLS13 = version == TLS1_3_VERSION
    // OpenSSL takes an EC key from a client of TLS 1.2 only if its curve is among the groups of key exchange, which was
    // before this message: the curve of the client's key need not be one of them.
    if !isTLS13 { _ = cossl_ssl_set_groups(ssl, "X25519:P-256:P-384:P-521") }
    guard let refusal = CertificateMessage.refusal(body, isTLS13: isTLS13), let base = body.baseAddress else { return }
    RefusedCertificate.note(reason: refusal.reason, ssl)
    // The callback can't say no. The message lies in the session's own buffer, and its hash has been taken: with a
    // byte changed where the first certificate (or the list) begins, OpenSSL refuses it before it parses any.
    UnsafeMutableRawPointer(mutating: base + refusal.place).storeBytes(of: 0xFF, as: UInt8.self)
  }
}
