/// Which part of a client's certificate is its name, in `identity.from`.
public enum CertificateNameChoice: String, Sendable, CaseIterable {
  /// The subject's common name.
  case commonName = "common_name"
  /// The first DNS name among the subject's alternative names.
  case dnsName = "san_dns"
  /// The first e-mail address among the subject's alternative names.
  case email = "san_email"
  /// The first URI among the subject's alternative names.
  case uri = "san_uri"
  /// The whole subject (RFC 4514).
  case subject
}
