import COpenSSL
import Glibc

/// Remembers whose certificate a handshake refused, since OpenSSL keeps only certificates that it accepted, and why, if
/// it was this module that refused it. The texts belong to the session in OpenSSL and go with it; sessions that
/// accepted have none.
enum RefusedCertificate {
  private static let subjectIndex = cossl_ssl_ex_index { _, text, _, _, _, _ in free(text) }
  private static let reasonIndex = cossl_ssl_ex_index { _, text, _, _, _, _ in free(text) }

  /// The callback for `SSL_CTX_set_verify`; it changes no verdict.
  static let note: @convention(c) (Int32, OpaquePointer?) -> Int32 = { accepted, check in
    guard accepted != 1, let check, let certificate = X509_STORE_CTX_get_current_cert(check),
      let ssl = session(of: check), let facts = PeerCertificate(certificate: certificate)
    else { return accepted }
    put(facts.subject, ssl, subjectIndex)
    return accepted
  }

  /// The session whose client's certificate is being verified.
  static func session(of check: OpaquePointer) -> OpaquePointer? {
    X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()).map { OpaquePointer($0) }
  }

  /// Says why this module refuses the certificate of `ssl`; without control characters.
  static func note(reason: String, _ ssl: OpaquePointer) { put(reason, ssl, reasonIndex) }

  private static func put(_ text: String, _ ssl: OpaquePointer, _ index: Int32) {
    guard index >= 0, let copy = strdup(text) else { return }
    free(SSL_get_ex_data(ssl, index))
    if SSL_set_ex_data(ssl, index, copy) != 1 { free(copy) }
  }

  /// The subject of the certificate that `ssl` refused, in RFC 2253's form, in which nothing is a control character.
  static func subject(_ ssl: OpaquePointer) -> String? { text(ssl, subjectIndex) }

  /// Why this module refused it, if it did.
  static func reason(_ ssl: OpaquePointer) -> String? { text(ssl, reasonIndex) }

  private static func text(_ ssl: OpaquePointer, _ index: Int32) -> String? {
    guard index >= 0, let text = SSL_get_ex_data(ssl, index) else { return nil }
    return String(cString: text.assumingMemoryBound(to: CChar.self))
  }
}
