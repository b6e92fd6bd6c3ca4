public import Security
public import TLS

/// One address on which devices connect, and what holds there.
public struct ListenerSettings: Sendable {
  /// Its name in the configuration, for logs and rules.
  public let name: String
  /// Where it listens.
  public let address: SocketAddress
  /// TLS, or nil for plain TCP.
  public let tls: TLSContext?
  /// Judges who connects here.
  public let authenticator: Authenticator

  /// Describes a listener.
  public init(name: String, address: SocketAddress, tls: TLSContext?, authenticator: Authenticator) {
    self.name = name
    self.address = address
    self.tls = tls
    self.authenticator = authenticator
  }
}
