import COpenSSL

extension TLSContext {
  /// The bits of security that keys and ciphers must have are those of OpenSSL's level 2: 112.
  static let securityLevel: Int32 = 2

  // AES-128-GCM costs least and is as good as unbreakable; clients without AES instructions get ChaCha20 when they
  // prefer it (SSL_OP_PRIORITIZE_CHACHA).
  static let defaultCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
  static let defaultCipherList =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

  /// Sets versions, cipher suites and the modes that sessions over memory need.
  static func setProtocol(_ context: OpaquePointer, _ options: TLSServerOptions) throws(TLSError) {
    guard options.minimumVersion <= options.maximumVersion else {
      throw TLSError(kind: .option, message: "the minimum TLS version is newer than the maximum version")
    }
    SSL_CTX_set_security_level(context, securityLevel)
    let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
    _ = cossl_ctx_set_mode(context, Int(modes))
    SSL_CTX_set_options(
      context,
      COSSL_OP_NO_TICKET | COSSL_OP_NO_RENEGOTIATION | COSSL_OP_NO_COMPRESSION
        | COSSL_OP_CIPHER_SERVER_PREFERENCE | COSSL_OP_PRIORITIZE_CHACHA)
    _ = cossl_ctx_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
    SSL_CTX_set_num_tickets(context, 0)
    SSL_CTX_set_info_callback(context, ControlMessages.note)
    // A client that tries to resume all the same gets a full handshake; without a context its handshake could fail.
    SSL_CTX_set_session_id_context(context, [0], 1)
    guard cossl_ctx_set_min_proto(context, options.minimumVersion.number) == 1,
      cossl_ctx_set_max_proto(context, options.maximumVersion.number) == 1
    else {
      throw TLSError(kind: .option, message: "the TLS versions cannot be set: \(ErrorQueue.drainText())")
    }
    try TLSGroup.set(options.groups, on: context)
    SSL_CTX_set_client_hello_cb(context, ClientHelloBound.check, nil)
    let suites = options.cipherSuites ?? defaultCipherSuites
    guard SSL_CTX_set_ciphersuites(context, suites) == 1 else {
      ErrorQueue.clear()
      throw TLSError(
        kind: .option, message: "TLS 1.3 cipher suites \"\(suites)\": not a list of names like \(defaultCipherSuites)")
    }
    let list = options.cipherList ?? defaultCipherList
    guard SSL_CTX_set_cipher_list(context, list) == 1 else {
      ErrorQueue.clear()
      throw TLSError(
        kind: .option, message: "TLS 1.2 cipher list \"\(list)\": OpenSSL knows no cipher suite of it")
    }
  }

  /// Sets which application protocols are accepted.
  static func setApplicationProtocols(_ context: OpaquePointer, _ names: [String]) throws(TLSError) {
    guard !names.isEmpty else { return }
    for name in names where name.isEmpty || name.utf8.count > 255 {
      throw TLSError(kind: .option, message: "ALPN protocol \"\(name)\": a name has 1 to 255 bytes")
    }
    guard ALPNProtocols.set(names, on: context) else {
      throw TLSError(kind: .internalFailure, message: "ALPN cannot be set: \(ErrorQueue.drainText())")
    }
  }
}

extension TLSVersion {
  /// OpenSSL's number.
  var number: Int32 {
    switch self {
    case .v1_2: TLS1_2_VERSION
    case .v1_3: TLS1_3_VERSION
    }
  }
}
