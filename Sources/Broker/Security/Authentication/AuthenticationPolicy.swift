/// How the clients of a listener prove who they are. What isn't said is not accepted.
public struct AuthenticationPolicy: Sendable {
  /// Whether a client that proves neither a certificate's name nor a user name is let in, without any name.
  public var allowsAnonymous: Bool
  /// The users and their password hashes, or nil when user names are not accepted at all.
  public var passwordFile: PasswordFile?
  /// Whether the certificate that the listener verified names the client. When false a certificate is ignored here.
  public var acceptsCertificates: Bool
  /// Which part of the certificate is the client's name.
  public var certificateNameSource: CertificateNameSource
  /// What of a user name that nothing proves.
  public var unprovenUserNames: UnprovenUserNames
  /// Whether the client identifier is tied to a proven name.
  public var clientIDBinding: ClientIDBinding
  /// Whether the client's address is tied to its certificate.
  public var clientAddressBinding: ClientAddressBinding

  /// A policy that lets nobody in unless told otherwise.
  public init(
    allowsAnonymous: Bool = false, passwordFile: PasswordFile? = nil, acceptsCertificates: Bool = false,
    certificateNameSource: CertificateNameSource = .commonName, unprovenUserNames: UnprovenUserNames = .ignore,
    clientIDBinding: ClientIDBinding = .any,
    clientAddressBinding: ClientAddressBinding = .any
  ) {
    self.allowsAnonymous = allowsAnonymous
    self.passwordFile = passwordFile
    self.acceptsCertificates = acceptsCertificates
    self.certificateNameSource = certificateNameSource
    self.unprovenUserNames = unprovenUserNames
    self.clientIDBinding = clientIDBinding
    self.clientAddressBinding = clientAddressBinding
  }
}
