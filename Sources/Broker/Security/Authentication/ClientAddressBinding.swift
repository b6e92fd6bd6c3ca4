/// Whether a client may connect from any address.
public enum ClientAddressBinding: String, Sendable, Hashable, CaseIterable {
  /// From any.
  case any
  /// From an address that its verified certificate names: as the common name, or as one of the IP addresses among the
  /// alternative names. A client without a certificate is refused.
  case certificate
}
