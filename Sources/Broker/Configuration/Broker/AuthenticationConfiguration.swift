/// How clients prove who they are. What isn't said is not accepted, but for certificates of a listener that asks for
/// them.
public struct AuthenticationConfiguration: Sendable {
  /// Whether a client may choose its client identifier freely, in `client_id`.
  public enum ClientIDBinding: String, Sendable, CaseIterable {
    /// It may.
    case any
    /// It must be the user name that the client proved.
    case userName = "user_name"
    /// It must be the certificate name that the client proved.
    case certificateName = "certificate_name"
  }

  /// Whether a client may connect from any address, in `client_address`.
  public enum ClientAddressBinding: String, Sendable, CaseIterable {
    /// It may.
    case any
    /// It must have an address that its certificate names.
    case certificate
  }

  /// What of a user name that nothing proves, in `unproven_user_names`.
  public enum UnprovenUserNames: String, Sendable, CaseIterable {
    /// It is ignored where its client is let in without it.
    case ignore
    /// Its client is refused.
    case refuse
  }

  /// `anonymous`: whether a client that proves neither a certificate's name nor a user name is let in. False by
  /// default.
  public let anonymous: Bool
  /// Where that is written, if it is.
  public let anonymousPlace: SourcePlace?
  /// `unproven_user_names`: what of a user name without a right password. ``UnprovenUserNames/ignore`` by default.
  public let unprovenUserNames: UnprovenUserNames
  /// `password_file`: the path of the file with users and password hashes; nil by default: no user name is accepted.
  public let passwordFile: Placed<String>?
  /// `certificates`: whether a client certificate that a listener verified lets its client in. True by default.
  public let certificates: Bool
  /// `client_id`: what a client identifier is bound to. ``ClientIDBinding/any`` by default.
  public let clientIDBinding: ClientIDBinding
  /// `client_address`: what a client's address is bound to. ``ClientAddressBinding/any`` by default.
  public let clientAddressBinding: ClientAddressBinding
}
