import COpenSSL
import Glibc

/// Remembers whose certificate a handshake refused, since OpenSSL keeps only certificates that it accepted. The text
/// belongs to the session in OpenSSL and goes with it; sessions that accepted have none.
enum RefusedCertificate {
  private static let index = cossl_ssl_ex_index { _, text, _, _, _, _ in free(text) }

  /// The callback for `SSL_CTX_set_verify`; it changes no verdict.
  static let note: @convention(c) (Int32, OpaquePointer?) -> Int32 = { accepted, check in
    guard accepted != 1, index >= 0, let check, let certificate = X509_STORE_CTX_get_current_cert(check),
      let session = X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx())
    else { return accepted }
    let ssl = OpaquePointer(session)
    guard let facts = PeerCertificate(certificate: certificate), let text = strdup(facts.subject) else {
      return accepted
    }
    free(SSL_get_ex_data(ssl, index))
    if SSL_set_ex_data(ssl, index, text) != 1 { free(text) }
    return accepted
  }

  /// The subject of the certificate that `ssl` refused, in RFC 2253's form, in which nothing is a control character.
  static func subject(_ ssl: OpaquePointer) -> String? {
    guard index >= 0, let text = SSL_get_ex_data(ssl, index) else { return nil }
    return String(cString: text.assumingMemoryBound(to: CChar.self))
  }
}
