import COpenSSL

/// A bound on what a ClientHello lists. OpenSSL compares each key share with each group of the client, so that 64 KiB
/// of them cost 50 ms, before anybody has proved anything.
enum ClientHelloBound {
  /// Bytes of cipher suites, groups, signature algorithms, key shares and session tickets. Browsers need 2 KiB, with
  /// post-quantum key shares 4 KiB at most.
  static let bytesMax = 8 * 1024

  private static let lists = [
    TLSEXT_TYPE_supported_groups, TLSEXT_TYPE_signature_algorithms, TLSEXT_TYPE_key_share, TLSEXT_TYPE_psk,
    TLSEXT_TYPE_session_ticket,
  ]

  /// The callback for `SSL_CTX_set_client_hello_cb`, which comes before OpenSSL looks at any of them.
  static let check: @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32 = {
    ssl, alert, _ in
    var from: UnsafePointer<UInt8>?
    var bytes = SSL_client_hello_get0_ciphers(ssl, &from)
    for list in lists {
      var count = 0
      if SSL_client_hello_get0_ext(ssl, UInt32(list), &from, &count) == 1 { bytes &+= count }
    }
    if bytes <= bytesMax { return SSL_CLIENT_HELLO_SUCCESS }
    alert?.pointee = SSL_AD_ILLEGAL_PARAMETER
    return SSL_CLIENT_HELLO_ERROR
  }
}
