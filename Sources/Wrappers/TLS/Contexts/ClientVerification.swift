import COpenSSL
import Glibc

/// How a client's chain is verified: by OpenSSL, but for no longer than a shard may be held up, and by each of several
/// authorities that have one name.
enum ClientVerification {
  /// What else than signatures a step with a client's certificate costs, in microseconds of CPU: parsing, the key
  /// exchange of TLS 1.2.
  private static let otherMicroseconds = 300

  // Where contexts keep their bound, which is a number and no pointer.
  private static let boundIndex = cossl_ctx_ex_index { _, _, _, _, _, _ in }

  // OpenSSL's own function that verifies a chain's signatures, as a store without another one has it.
  private static let verifySignatures: X509_STORE_CTX_verify_fn? = {
    guard let store = X509_STORE_new(), let check = X509_STORE_CTX_new() else { return nil }
    defer {
      X509_STORE_CTX_free(check)
      X509_STORE_free(store)
    }
    guard X509_STORE_CTX_init(check, store, nil, nil) == 1 else { return nil }
    return X509_STORE_CTX_get_verify(check)
  }()

  /// What verifying one signature with this key costs, in microseconds of CPU (measured with OpenSSL 3.0).
  static func microseconds(_ key: OpaquePointer?) -> Int {
    guard let key else { return 0 }
    let bits = Int(EVP_PKEY_get_bits(key))
    return switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: 10 + bits * bits / 200_000
    case EVP_PKEY_ED25519: 130
    case EVP_PKEY_ED448: 420
    case EVP_PKEY_EC where bits <= 256: 90
    // The one of the three curves that OpenSSL 3.0 has no code of its own for.
    case EVP_PKEY_EC where bits <= 384: 1150
    default: 750
    }
  }

  /// Makes sessions of `context`, whose store is `store`, refuse chains that would cost more.
  static func set(on context: OpaquePointer, _ store: OpaquePointer, millisecondsMax: Int) {
    SSL_CTX_set_ex_data(context, boundIndex, UnsafeMutableRawPointer(bitPattern: millisecondsMax * 1000))
    X509_STORE_set_verify(store) { check in
      guard let check, let signatures = ClientVerification.verifySignatures else { return 0 }
      return ClientVerification.isAffordable(check) ? signatures(check) : 0
    }
  }

  /// Whether the signatures of a chain that is complete, and that of the handshake itself, cost no more than they may.
  /// None of them has been verified yet, so whoever sends a chain that it has no key for costs nothing.
  private static func isAffordable(_ check: OpaquePointer) -> Bool {
    guard let ssl = RefusedCertificate.session(of: check), let chain = X509_STORE_CTX_get0_chain(check) else {
      return true
    }
    let bound = Int(bitPattern: SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), boundIndex))
    var cost = otherMicroseconds
    // Each key verifies one signature: those of authorities the certificate below, the client's own the handshake.
    for index in 0..<cossl_certificates_num(chain) {
      cost += microseconds(X509_get0_pubkey(cossl_certificates_get(chain, index)))
    }
    guard cost > bound else { return true }
    X509_STORE_CTX_set_error(check, X509_V_ERR_APPLICATION_VERIFICATION)
    X509_STORE_CTX_set_current_cert(check, cossl_certificates_get(chain, 0))
    RefusedCertificate.note(
      reason: "to verify its chain would take about \(tenths(cost)) ms, and \(bound / 1000) ms are allowed: use keys of"
        + " P-256, Ed25519 or RSA, or raise verification_milliseconds_max", ssl)
    return RefusedCertificate.note(0, check) == 1
  }

  private static func tenths(_ microseconds: Int) -> String { "\(microseconds / 1000).\(microseconds / 100 % 10)" }

  /// Makes `store` try each authority of the name that a certificate names as its issuer's. By itself OpenSSL takes the
  /// first one that is valid.
  static func tryEachAuthority(_ store: OpaquePointer) {
    X509_STORE_set_get_issuer(store) { issuer, check, certificate in
      guard let issuer, let check, let certificate else { return -1 }
      guard let found = ClientVerification.issuer(of: certificate, check) else { return 0 }
      issuer.pointee = found
      return 1
    }
  }

  /// The authority that signed `certificate`; the caller owns a reference. Where several of the name did (one key, made
  /// anew), the one that is valid for longest; where none did, any, so that the refusal says that the signature is
  /// wrong.
  private static func issuer(of certificate: OpaquePointer, _ check: OpaquePointer) -> OpaquePointer? {
    guard let all = X509_STORE_CTX_get1_certs(check, X509_get_issuer_name(certificate)) else { return nil }
    defer { cossl_certificates_free(all) }
    var possible: [OpaquePointer] = []
    for index in 0..<cossl_certificates_num(all) {
      guard let authority = cossl_certificates_get(all, index), X509_check_issued(authority, certificate) == X509_V_OK
      else { continue }
      possible.append(authority)
    }
    if possible.count > 1 {
      let signers = possible.filter { X509_verify(certificate, X509_get0_pubkey($0)) == 1 }
      ErrorQueue.clear()
      let latest = signers.max { X509_get0_notAfter($0) < X509_get0_notAfter($1) }
      if let latest { possible = [latest] }
    }
    guard let chosen = possible.first, X509_up_ref(chosen) == 1 else { return nil }
    return chosen
  }
}

/// Whether one time is before another one.
private func < (a: UnsafePointer<ASN1_TIME>?, b: UnsafePointer<ASN1_TIME>?) -> Bool {
  guard let a, let b else { return false }
  return ASN1_TIME_compare(a, b) < 0
}
