import COpenSSL

extension TLSSession {
  /// The version that was negotiated, as in `TLSv1.3`; meaningful once the handshake is done.
  public var versionName: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "" }

  /// The cipher suite that was negotiated, by its standard name (`TLS_AES_128_GCM_SHA256`); empty before the handshake
  /// is done.
  public var cipherName: String {
    guard let cipher = SSL_get_current_cipher(ssl) else { return "" }
    return SSL_CIPHER_standard_name(cipher).map { String(cString: $0) } ?? ""
  }

  /// The application protocol that was agreed on (RFC 7301), if any.
  public var alpn: String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    guard let name, length > 0 else { return nil }
    return String(validating: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }

  /// The server name that the client asked for (SNI, RFC 6066), if any. The client chose it: trust it no further.
  public var serverName: String? {
    SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).flatMap { String(validatingCString: $0) }
  }
}
