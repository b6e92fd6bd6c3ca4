import COpenSSL

extension TLSSession {
  /// Takes OpenSSL's error queue and says what it means for this session.
  func makeFailure() -> TLSError {
    let errors = ErrorQueue.drain()
    let alert = errors.compactMap(ErrorQueue.peerAlert).first
    let reasons = errors.map(\.text).joined(separator: ", ")
    if let reason = RefusedCertificate.reason(ssl) {
      let whose = RefusedCertificate.subject(ssl).map { " (\($0))" } ?? ""
      return TLSError(kind: .peerCertificate, message: "the client's certificate was refused: \(reason)\(whose)")
    }
    if errors.contains(where: { $0.library == Int32(ERR_LIB_SSL) && $0.reason == SSL_R_CERTIFICATE_VERIFY_FAILED }) {
      let why = X509_verify_cert_error_string(SSL_get_verify_result(ssl)).map { String(cString: $0) } ?? reasons
      let whose = RefusedCertificate.subject(ssl).map { " (\($0))" } ?? ""
      return TLSError(kind: .peerCertificate, message: "the client's certificate was refused: \(why)\(whose)")
    }
    guard let first = errors.first else {
      return TLSError(kind: .internalFailure, message: "TLS failed without a reason (out of memory?)")
    }
    if first.library == Int32(ERR_LIB_SSL), first.reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE {
      return TLSError(
        kind: .peerCertificate, message: "the client gave no certificate, and one is required: configure it with one")
    }
    if isHandshakeComplete {
      return TLSError(kind: .protocolViolation(alert: alert), message: "the TLS connection failed: \(reasons)")
    }
    return TLSError(
      kind: .handshake(alert: alert), message: "the TLS handshake failed: \(reasons)\(Self.hint(for: first))")
  }

  /// What a person can do about the commonest failures of a handshake.
  private static func hint(for error: ErrorQueue.Entry) -> String {
    guard error.library == Int32(ERR_LIB_SSL) else { return "" }
    switch error.reason {
    case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_WRONG_VERSION_NUMBER:
      return " (the client does not seem to speak TLS: does it use the right port?)"
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW:
      return " (the client's TLS versions are too old)"
    case SSL_R_NO_SHARED_CIPHER:
      return " (the client offers no cipher suite, or in TLS 1.2 no group, that is allowed here and fits the server's"
        + " certificate)"
    case SSL_R_NO_SUITABLE_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE:
      return " (the client offers none of the groups of key exchange that are offered here: see groups)"
    case SSL_R_CALLBACK_FAILED:
      return " (its ClientHello lists more than \(ClientHelloBound.bytesMax) bytes)"
    case Int32(SSL_AD_REASON_OFFSET) + SSL_AD_UNKNOWN_CA, Int32(SSL_AD_REASON_OFFSET) + SSL_AD_BAD_CERTIFICATE:
      return " (the client does not trust the server's certificate: does it have the right authority file?)"
    default: return ""
    }
  }
}
