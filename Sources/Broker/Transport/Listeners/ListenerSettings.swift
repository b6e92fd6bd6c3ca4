public import EventLoop
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

  /// Connections at once, or nil when only the broker's bound holds.
  public let connectionsMax: Int?
  let connections = ConnectionCount()

  /// Describes a listener.
  public init(
    name: String, address: SocketAddress, tls: TLSContext?, authenticator: Authenticator, connectionsMax: Int? = nil
  ) {
    self.connectionsMax = connectionsMax
    self.name = name
    self.address = address
    self.tls = tls
    self.authenticator = authenticator
  }
}
