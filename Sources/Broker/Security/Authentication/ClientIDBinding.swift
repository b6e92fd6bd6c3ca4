/// Whether a client may choose its client identifier freely.
public enum ClientIDBinding: String, Sendable, Hashable, CaseIterable {
  /// Any identifier. A rule about `client` or `{client}` then says only how a client calls itself.
  case any
  /// The identifier is the proven user name, byte for byte; a client without one is refused.
  case userName
  /// The identifier is the certificate name, byte for byte; a client without one is refused.
  case certificateName
}
