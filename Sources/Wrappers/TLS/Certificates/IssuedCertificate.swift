/// A certificate and its private key, as PEM text.
public struct IssuedCertificate: Sendable {
  /// The certificate.
  public let certificatePEM: String
  /// The private key, PKCS#8, not encrypted: a secret.
  public let privateKeyPEM: String

  /// Writes both: the key first, readable by its owner only, then the certificate, readable by all. Each file is
  /// replaced atomically.
  ///
  /// - Throws: ``TLSError`` of kind `file`.
  public func write(certificateFile: String, privateKeyFile: String) throws(TLSError) {
    try CredentialFile.write([UInt8](privateKeyPEM.utf8), to: privateKeyFile, isSecret: true)
    try CredentialFile.write([UInt8](certificatePEM.utf8), to: certificateFile, isSecret: false)
  }
}
