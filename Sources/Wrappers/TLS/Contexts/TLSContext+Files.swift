import COpenSSL

extension TLSContext {
  /// Reads certificate chain and key, checks that they belong together, and gives them to the context.
  static func setCertificate(
    _ context: OpaquePointer, _ options: TLSServerOptions, now: Int64, _ warnings: inout [String]
  ) throws(TLSError) -> PeerCertificate {
    let chainName = "certificate \(options.certificateChainFile)"
    let chainFile = try SmallFile.read(options.certificateChainFile, what: "certificate")
    let chain = try PEM.certificates(chainFile.bytes, what: chainName)
    defer { for certificate in chain { X509_free(certificate) } }
    let keyName = "private key \(options.privateKeyFile)"
    let keyFile = try SmallFile.read(options.privateKeyFile, what: "private key")
    let key = try PEM.privateKey(keyFile.bytes, passphrase: options.privateKeyPassphrase, what: keyName)
    defer { EVP_PKEY_free(key) }
    if keyFile.isReadableByOthers {
      warnings.append("\(keyName): every user of this machine can read it: chmod o-rwx it")
    }
    let leaf = chain[0]
    guard X509_check_private_key(leaf, key) == 1 else {
      ErrorQueue.clear()
      throw TLSError(
        kind: .key,
        message: "\(keyName): it is not the key of \(chainName), whose first certificate must be the server's")
    }
    guard SSL_CTX_use_certificate(context, leaf) == 1, SSL_CTX_use_PrivateKey(context, key) == 1 else {
      throw TLSError(kind: .certificate, message: "\(chainName): not usable for TLS: \(ErrorQueue.drainText())")
    }
    for certificate in chain.dropFirst() where cossl_ctx_add1_chain_cert(context, certificate) != 1 {
      throw TLSError(kind: .certificate, message: "\(chainName): its chain is not usable: \(ErrorQueue.drainText())")
    }
    guard let facts = PeerCertificate(certificate: leaf) else {
      ErrorQueue.clear()
      throw TLSError(kind: .certificate, message: "\(chainName): its names or dates are not readable")
    }
    warnings += ServerCertificateReview.warnings(chain, key: key, file: chainName, facts, now: now)
    return facts
  }

  /// Completes the server's chain from the authorities of clients, where these are in it. OpenSSL would do so in each
  /// handshake if the file holds one certificate only, and verify a signature for it.
  static func completeChain(_ context: OpaquePointer) {
    _ = cossl_ctx_set_mode(context, Int(SSL_MODE_NO_AUTO_CHAIN))
    var others: OpaquePointer?
    cossl_ctx_get0_chain(context, &others)
    if others == nil || cossl_certificates_num(others) == 0 { _ = cossl_ctx_build_chain(context) }
    ErrorQueue.clear()
  }
}
