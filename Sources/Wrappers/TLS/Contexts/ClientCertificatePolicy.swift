/// Whether a server asks its clients for a certificate.
public enum ClientCertificatePolicy: String, Sendable {
  /// Clients are not asked.
  case none
  /// Clients are asked and may have none; one that is given must be valid.
  case optional
  /// Without a valid certificate the handshake fails.
  case required
}
