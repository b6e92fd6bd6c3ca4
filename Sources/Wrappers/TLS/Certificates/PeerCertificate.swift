/// The facts of a certificate, taken out of it once; nothing of them is ever read as a C string, so a NUL in a name
/// cannot end it.
public struct PeerCertificate: Sendable, Equatable {
  /// The common name; of several the last one, which is the most specific. `nil` if there is none, or if it is empty,
  /// not Unicode, or holds a control character.
  public let commonName: String?
  /// The subject as RFC 2253 writes it, the most specific part first; special characters are escaped.
  public let subject: String
  /// The issuer, written in the same way.
  public let issuer: String
  /// The alternative names of the kinds that are known, in their order. One that is not ASCII or holds a control
  /// character is left out.
  public let subjectAlternativeNames: [SubjectAlternativeName]
  /// The SHA-256 of the whole certificate: its fingerprint.
  public let sha256: [UInt8]
  /// The serial number in capital hexadecimal digits, as `openssl x509 -serial` prints it.
  public let serialNumber: String
  /// The first moment of validity, in Unix seconds.
  public let notBefore: Int64
  /// The last moment of validity, in Unix seconds.
  public let notAfter: Int64
}
