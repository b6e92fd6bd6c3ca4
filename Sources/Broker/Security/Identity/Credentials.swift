public import TLS

/// What a client shows at CONNECT, as it came: nothing of it is proven but the certificate, which the listener
/// verified.
public struct Credentials: Sendable {
  /// The client identifier that the session will have: the broker's choice, where the client left it empty.
  public let clientID: String
  /// The user name, or nil when the packet has none; an empty one is not an absent one.
  public let userName: String?
  /// The password, or nil when the packet has none; an empty one is not an absent one.
  public let password: [UInt8]?
  /// The client's certificate, verified by the listener, or nil.
  public let certificate: PeerCertificate?
  /// The name of the listener.
  public let listener: String
  /// The client's address and port, as `192.0.2.7:5000` or `[2001:db8::7]:5000`: for messages, and to compare it with
  /// the certificate where the policy wants that.
  public let remoteAddress: String

  /// Gathers what a client shows.
  public init(
    clientID: String, userName: String? = nil, password: [UInt8]? = nil, certificate: PeerCertificate? = nil,
    listener: String, remoteAddress: String
  ) {
    self.clientID = clientID
    self.userName = userName
    self.password = password
    self.certificate = certificate
    self.listener = listener
    self.remoteAddress = remoteAddress
  }
}
