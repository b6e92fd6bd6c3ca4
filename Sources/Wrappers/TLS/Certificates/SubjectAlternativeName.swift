/// A name from a certificate's subjectAltName extension (RFC 5280, section 4.2.1.6).
public enum SubjectAlternativeName: Sendable, Hashable {
  /// A DNS name.
  case dns(String)
  /// An e-mail address.
  case email(String)
  /// A URI.
  case uri(String)
  /// An address as text, IPv4 in dots or IPv6 as RFC 5952 writes it.
  case ip(String)
}
