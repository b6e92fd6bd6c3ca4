/// A certificate authority: makes itself, and certificates for servers and clients.
///
/// Keys are P-256, signatures ECDSA with SHA-256, serial numbers 128 random bits. A value without pointers; calls parse
/// what they need. For development, and for an operator's own devices: it keeps no list of what it issued.
public struct CertificateAuthority: Sendable {
  /// The most days a certificate is made for: a hundred years.
  public static let validDaysMax = 36_500
  /// The most characters of a common name (RFC 5280, ub-common-name).
  public static let commonNameCharactersMax = 64
  /// Certificates are valid from this long before they are made, since devices' clocks lag.
  public static let backdatedSeconds: Int64 = 3600

  /// The authority's certificate: what others trust.
  public let certificatePEM: String
  /// The authority's private key, PKCS#8, not encrypted: a secret.
  public let privateKeyPEM: String

  /// Certificate and key as the pair that can be written to files.
  public var issued: IssuedCertificate {
    IssuedCertificate(certificatePEM: certificatePEM, privateKeyPEM: privateKeyPEM)
  }

  /// Makes a new authority, with a certificate that it signed itself.
  ///
  /// - Parameters:
  ///   - commonName: 1 to 64 characters, none of them a control character.
  ///   - validDays: 1 to ``validDaysMax``.
  ///   - now: Unix seconds from which validity is counted.
  /// - Throws: ``TLSError`` of kind `option` when a parameter is not possible.
  public static func create(commonName: String, validDays: Int, now: Int64) throws(TLSError) -> CertificateAuthority {
    let made = try CertificateMaker.make(
      .init(profile: .authority, commonName: commonName, names: [], validDays: validDays, now: now), signedBy: nil)
    return CertificateAuthority(certificatePEM: made.certificatePEM, privateKeyPEM: made.privateKeyPEM)
  }

  /// Reads an authority from PEM files.
  ///
  /// - Throws: ``TLSError`` when a file is not readable, the key is not the certificate's or its passphrase is missing
  ///   or wrong, or the certificate is not an authority's.
  public static func load(
    certificateFile: String, keyFile: String, passphrase: [UInt8]? = nil
  ) throws(TLSError) -> CertificateAuthority {
    let certificate = try SmallFile.read(certificateFile, what: "authority's certificate").bytes
    let key = try SmallFile.read(keyFile, what: "authority's private key").bytes
    return try CertificateMaker.checkedAuthority(
      certificate: certificate, key: key, passphrase: passphrase,
      certificateName: "authority's certificate \(certificateFile)", keyName: "authority's private key \(keyFile)")
  }

  /// Issues a certificate for a TLS server (extended key usage serverAuth), never valid for longer than the authority's
  /// own.
  ///
  /// - Parameters:
  ///   - dnsNames: the names that clients connect to; `*` may be the whole first label.
  ///   - ipAddresses: the addresses that clients connect to, IPv4 or IPv6. At least one name or address is needed.
  ///   - commonName: 1 to 64 characters; `nil` for the first name or address that is not longer.
  ///   - validDays: 1 to ``validDaysMax``.
  ///   - now: Unix seconds from which validity is counted.
  /// - Throws: ``TLSError`` of kind `option` when a parameter is not possible, `certificate` when the authority has
  ///   expired.
  public func issueServer(
    dnsNames: [String], ipAddresses: [String] = [], commonName: String? = nil, validDays: Int, now: Int64
  ) throws(TLSError) -> IssuedCertificate {
    let names = dnsNames.map(SubjectAlternativeName.dns) + ipAddresses.map(SubjectAlternativeName.ip)
    guard !names.isEmpty else {
      throw TLSError(kind: .option, message: "a server's certificate needs at least one DNS name or IP address")
    }
    let fitting = (dnsNames + ipAddresses).first { $0.unicodeScalars.count <= Self.commonNameCharactersMax }
    return try issue(
      .init(
        profile: .server, commonName: commonName ?? fitting ?? "server", names: names, validDays: validDays, now: now))
  }

  /// Issues a certificate for a TLS client (extended key usage clientAuth), never valid for longer than the authority's
  /// own.
  ///
  /// - Parameters:
  ///   - commonName: 1 to 64 characters, none of them a control character.
  ///   - alternativeNames: further names of the client.
  ///   - validDays: 1 to ``validDaysMax``.
  ///   - now: Unix seconds from which validity is counted.
  /// - Throws: ``TLSError`` of kind `option` when a parameter is not possible, `certificate` when the authority has
  ///   expired.
  public func issueClient(
    commonName: String, alternativeNames: [SubjectAlternativeName] = [], validDays: Int, now: Int64
  ) throws(TLSError) -> IssuedCertificate {
    try issue(
      .init(
        profile: .client, commonName: commonName, names: alternativeNames, validDays: validDays, now: now))
  }

  private func issue(_ request: CertificateRequest) throws(TLSError) -> IssuedCertificate {
    try CertificateMaker.make(request, signedBy: self)
  }
}
