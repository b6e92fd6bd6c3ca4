import COpenSSL

/// Certificates of clients: whose are accepted, and what they may cost.
extension TLSContext {
  /// The largest Certificate message of a client. OpenSSL makes room for what the client declares, so this bounds
  /// memory; ten certificates with keys of 4,096 bits fit.
  static let clientChainBytesMax = 16 * 1024
  /// How many certificates may be between a client's and an authority.
  static let clientChainDepthMax: Int32 = 8
  /// The names of authorities that are told to clients, in bytes. The message that holds them has 2 bytes for their
  /// length, and small clients take no message that is longer than a record (16 KiB).
  static let namedAuthoritiesBytesMax = 15_000

  // What clients may sign with: all kinds of keys that are taken, so none with DSA or SHA-1.
  private static let clientSignatures =
    "ECDSA+SHA256:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:"
    + "rsa_pss_pss_sha512:ECDSA+SHA384:ECDSA+SHA512:ed448:RSA+SHA256:RSA+SHA384:RSA+SHA512"

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
    guard (1...1000).contains(options.verificationMillisecondsMax) else {
      throw TLSError(kind: .option, message: "verification_milliseconds_max: 1 to 1000 are possible")
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
    guard cossl_ctx_set_client_sigalgs(context, clientSignatures) == 1 else {
      throw TLSError(
        kind: .internalFailure, message: "signature algorithms cannot be set: \(ErrorQueue.drainText())")
    }
    SSL_CTX_set_msg_callback(context, ClientChainGate.look)
    ClientVerification.set(on: context, store, millisecondsMax: options.verificationMillisecondsMax)
    nameAuthorities(authorities, file: name, context, &warnings)
    considerNames(authorities, file: name, store, millisecondsMax: options.verificationMillisecondsMax, &warnings)
    ErrorQueue.clear()
  }

  /// Tells clients the names of all authorities, for those that choose their certificate by them (Java's do). A part of
  /// them would say to the clients of the others that they have none that is accepted; where all are too many, none
  /// are told, which says that any may be (RFC 8446, section 4.2.4).
  private static func nameAuthorities(
    _ authorities: [OpaquePointer], file: String, _ context: OpaquePointer, _ warnings: inout [String]
  ) {
    let bytes = authorities.reduce(0) { $0 + 2 + Int(max(0, i2d_X509_NAME(X509_get_subject_name($1), nil))) }
    guard bytes <= namedAuthoritiesBytesMax else {
      warnings.append(
        "\(file): the names of its \(authorities.count) authorities are not told to clients, since they have \(bytes)"
          + " bytes, and \(namedAuthoritiesBytesMax) fit: each client must know which certificate to send")
      return
    }
    for authority in authorities { SSL_CTX_add_client_CA(context, authority) }
  }

  /// Sees to it that of several authorities with one name each is tried.
  private static func considerNames(
    _ authorities: [OpaquePointer], file: String, _ store: OpaquePointer, millisecondsMax: Int,
    _ warnings: inout [String]
  ) {
    var costs: [UInt: Int] = [:]
    var isAnyTwice = false
    for authority in authorities {
      let cost = ClientVerification.microseconds(X509_get0_pubkey(authority))
      let name = X509_subject_name_hash(authority)
      if costs[name] != nil { isAnyTwice = true }
      costs[name, default: 0] += cost
    }
    guard isAnyTwice else { return }
    ClientVerification.tryEachAuthority(store)
    if let most = costs.values.max(), most > millisecondsMax * 1000 {
      warnings.append(
        "\(file): so many of its authorities have one name that to try each takes up to \(most / 1000) ms in each"
          + " handshake of a certificate without a key identifier: give each authority a name of its own")
    }
  }
}
