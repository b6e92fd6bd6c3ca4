import COpenSSL

/// Makes certificates with OpenSSL.
enum CertificateMaker {
  private static let version3 = 2
  private static let secondsPerDay: Int64 = 86_400

  /// A step that OpenSSL did not do, which happens only for want of memory or for values that ``CertificateRequest``
  /// let pass.
  private static func failure(_ step: String) -> TLSError {
    TLSError(kind: .internalFailure, message: "no certificate could be made: \(step): \(ErrorQueue.drainText())")
  }

  /// Makes a key and a certificate for it, signed by `authority` or, without one, by itself.
  static func make(
    _ request: CertificateRequest, signedBy authority: CertificateAuthority?
  ) throws(TLSError) -> IssuedCertificate {
    try request.check()
    guard let key = cossl_p256_key() else { throw failure("key") }
    defer { EVP_PKEY_free(key) }
    guard let certificate = X509_new() else { throw failure("memory") }
    defer { X509_free(certificate) }
    guard let authority else {
      try fill(certificate, request, key: key, issuer: certificate, notAfterMax: .max)
      return try sign(certificate, key: key, with: key)
    }
    let issuers = try PEM.certificates([UInt8](authority.certificatePEM.utf8), what: "authority's certificate")
    defer { for issuer in issuers { X509_free(issuer) } }
    let issuerKey = try PEM.privateKey(
      [UInt8](authority.privateKeyPEM.utf8), passphrase: nil, what: "authority's private key")
    defer { EVP_PKEY_free(issuerKey) }
    guard let facts = PeerCertificate(certificate: issuers[0]) else { throw failure("authority") }
    guard facts.notAfter > request.now else {
      throw TLSError(kind: .certificate, message: "the authority \(facts.subject) has expired: make a new one")
    }
    try fill(certificate, request, key: key, issuer: issuers[0], notAfterMax: facts.notAfter)
    return try sign(certificate, key: key, with: issuerKey)
  }

  private static func fill(
    _ certificate: OpaquePointer, _ request: CertificateRequest, key: OpaquePointer, issuer: OpaquePointer,
    notAfterMax: Int64
  ) throws(TLSError) {
    let notBefore = request.now - CertificateAuthority.backdatedSeconds
    let notAfter = min(request.now + Int64(request.validDays) * secondsPerDay, notAfterMax)
    let serial = SecureRandom.bytes(16)
    guard let number = BN_bin2bn(serial, Int32(serial.count), nil) else { throw failure("serial number") }
    defer { BN_free(number) }
    let name = [UInt8](request.commonName.utf8)
    guard X509_set_version(certificate, version3) == 1,
      BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil,
      ASN1_TIME_set(X509_getm_notBefore(certificate), Int(notBefore)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(certificate), Int(notAfter)) != nil,
      X509_set_pubkey(certificate, key) == 1
    else { throw failure("dates or key") }
    guard let subject = X509_get_subject_name(certificate),
      X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name, Int32(name.count), -1, 0) == 1,
      X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
    else { throw failure("names") }
    try addExtensions(certificate, request, issuer: issuer)
  }

  private static func addExtensions(
    _ certificate: OpaquePointer, _ request: CertificateRequest, issuer: OpaquePointer
  ) throws(TLSError) {
    // The order matters: an authority's own key identifier is found only if it is there already.
    var values = [
      (NID_basic_constraints, request.profile.basicConstraints),
      (NID_key_usage, request.profile.keyUsage),
      (NID_subject_key_identifier, "hash"),
      (NID_authority_key_identifier, "keyid:always"),
    ]
    if let usage = request.profile.extendedKeyUsage { values.append((NID_ext_key_usage, usage)) }
    for (identifier, value) in values where cossl_add_extension(certificate, issuer, identifier, value) != 1 {
      throw failure("extension \(value)")
    }
    if !request.names.isEmpty { try AlternativeNames.add(request.names, to: certificate) }
  }

  private static func sign(
    _ certificate: OpaquePointer, key: OpaquePointer, with signer: OpaquePointer
  ) throws(TLSError) -> IssuedCertificate {
    guard X509_sign(certificate, signer, EVP_sha256()) > 0 else { throw failure("signature") }
    guard let certificatePEM = text({ PEM_write_bio_X509($0, certificate) }), let keyPEM = text({ keyPEM(key, $0) })
    else { throw failure("text") }
    return IssuedCertificate(certificatePEM: certificatePEM, privateKeyPEM: keyPEM)
  }

  private static func keyPEM(_ key: OpaquePointer, _ bio: OpaquePointer) -> Int32 {
    PEM_write_bio_PKCS8PrivateKey(bio, key, nil, nil, 0, nil, nil)
  }

  /// What `write` puts into a BIO in memory, which is wiped afterwards.
  private static func text(_ write: (OpaquePointer) -> Int32) -> String? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard write(bio) == 1 else { return nil }
    var bytes: UnsafeMutablePointer<CChar>?
    let count = cossl_bio_mem_data(bio, &bytes)
    guard count > 0, let bytes else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// An authority from PEM text, once it is known to be one.
  static func checkedAuthority(
    certificate: [UInt8], key: [UInt8], passphrase: [UInt8]?, certificateName: String, keyName: String
  ) throws(TLSError) -> CertificateAuthority {
    let certificates = try PEM.certificates(certificate, what: certificateName)
    defer { for certificate in certificates { X509_free(certificate) } }
    let privateKey = try PEM.privateKey(key, passphrase: passphrase, what: keyName)
    defer { EVP_PKEY_free(privateKey) }
    guard X509_check_private_key(certificates[0], privateKey) == 1 else {
      ErrorQueue.clear()
      throw TLSError(kind: .key, message: "\(keyName): it is not the key of \(certificateName)")
    }
    guard X509_check_ca(certificates[0]) == 1 else {
      ErrorQueue.clear()
      throw TLSError(
        kind: .certificate,
        message: "\(certificateName): it is no authority's (basic constraint CA:TRUE, key usage keyCertSign)")
    }
    guard let certificatePEM = text({ PEM_write_bio_X509($0, certificates[0]) }),
      let keyPEM = text({ keyPEM(privateKey, $0) })
    else { throw failure("text") }
    return CertificateAuthority(certificatePEM: certificatePEM, privateKeyPEM: keyPEM)
  }
}
