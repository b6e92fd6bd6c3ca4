@testable import TLS

/// The facts of a certificate that a listener has verified.
func certificate(
  commonName: String? = "sensor-1", subject: String = "CN=sensor-1,O=Plant",
  alternativeNames: [SubjectAlternativeName] = []
) -> PeerCertificate {
  PeerCertificate(
    commonName: commonName, subject: subject, issuer: "CN=Test CA", subjectAlternativeNames: alternativeNames,
    sha256: [UInt8](repeating: 1, count: 32), serialNumber: "01", notBefore: 0, notAfter: 4_102_444_800)
}
