/// What a certificate shall say.
struct CertificateRequest {
  let profile: CertificateProfile
  let commonName: String
  let names: [SubjectAlternativeName]
  let validDays: Int
  let now: Int64

  /// - Throws: ``TLSError`` of kind `option` when something is not possible.
  func check() throws(TLSError) {
    let maximum = CertificateAuthority.commonNameCharactersMax
    guard (1...maximum).contains(commonName.unicodeScalars.count) else {
      throw TLSError(kind: .option, message: "common name \"\(commonName)\": it needs 1 to \(maximum) characters")
    }
    guard !commonName.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
      throw TLSError(kind: .option, message: "a common name must not hold control characters")
    }
    guard (1...CertificateAuthority.validDaysMax).contains(validDays) else {
      throw TLSError(
        kind: .option, message: "\(validDays) days of validity: possible are 1 to \(CertificateAuthority.validDaysMax)")
    }
    guard names.count <= PeerCertificate.alternativeNamesMax else {
      throw TLSError(
        kind: .option, message: "\(names.count) alternative names: possible are \(PeerCertificate.alternativeNamesMax)")
    }
  }
}
