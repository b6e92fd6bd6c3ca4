import COpenSSL

extension TLSContext {
  /// Up to so many authorities are named to clients, to help those choose that have several certificates; more would
  /// make each handshake larger by kilobytes.
  static let namedAuthoritiesMax = 32

  /// Reads certificate chain and key, checks that they belong together, and gives them to the context.
  static func setCertificate(
    _ context: OpaquePointer, _ options: TLSServerOptions, _ warnings: inout [String]
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
    return facts
  }

  /// Sets whether clients are asked for a certificate, and whose certificates are accepted.
  static func setClientAuthorities(
    _ context: OpaquePointer, _ options: TLSServerOptions, now: Int64, _ warnings: inout [String]
  ) throws(TLSError) {
    let mode: Int32
    switch options.clientCertificates {
    case .none: return
    case .optional: mode = SSL_VERIFY_PEER
    case .required: mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
    }
    guard let file = options.clientAuthorityFile else {
      throw TLSError(
        kind: .option,
        message: "client certificates are asked for, but no file of authorities is given to check them with")
    }
    let name = "client authorities \(file)"
    let authorities = try PEM.certificates(try SmallFile.read(file, what: "client authorities").bytes, what: name)
    defer { for authority in authorities { X509_free(authority) } }
    guard let store = SSL_CTX_get_cert_store(context) else {
      throw TLSError(kind: .internalFailure, message: "\(name): the context has no store")
    }
    for (index, authority) in authorities.enumerated() {
      guard X509_STORE_add_cert(store, authority) == 1 else {
        throw TLSError(kind: .certificate, message: "\(name): not usable: \(ErrorQueue.drainText())")
      }
      if index < namedAuthoritiesMax { SSL_CTX_add_client_CA(context, authority) }
      guard let facts = PeerCertificate(certificate: authority) else {
        throw TLSError(
          kind: .certificate, message: "\(name): names or dates of certificate \(index + 1) are not readable")
      }
      if facts.notAfter < now {
        warnings.append(
          "\(name): \(facts.subject) has expired; the certificates that it signed are refused: replace it")
      }
    }
    // Each certificate of the file is an anchor by itself, an intermediate one too.
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    SSL_CTX_set_verify(context, mode, RefusedCertificate.note)
    SSL_CTX_set_verify_depth(context, clientChainDepthMax)
    _ = cossl_ctx_set_max_cert_list(context, clientChainBytesMax)
    ErrorQueue.clear()
  }
}
