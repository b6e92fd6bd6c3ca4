public import BrokerCore
public import EventLoop
public import MQTTCodec
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

  /// The bounds of its clients.
  public let clientLimits: ClientLimits
  /// Connections at once; the broker's bound holds beside it.
  public let connectionsMax: Int
  /// Connections at once from one client address (see ``AddressCount``).
  public let connectionsPerAddressMax: Int
  /// See `Limits.handshakeTimeoutSeconds`.
  public let handshakeTimeoutSeconds: Int
  /// What holds for WebSocket, or nil where MQTT lies in the stream itself.
  public let webSocket: WebSocketSettings?
  /// The proxies that connect here, each of which says whom it speaks for with a PROXY protocol header; anybody else is
  /// refused. Nil where clients connect themselves.
  public let proxyNetworks: NetworkList?
  /// The protocol versions that are taken; a CONNECT of another one is refused as unsupported.
  public let allowedVersions: Set<ProtocolVersion>
  /// What the topics of its clients lie below, or nil.
  public let mountPoint: MountPoint?
  let connections = ConnectionCount()
  let addresses = AddressCount()

  /// Describes a listener. Of its limits those count that may differ by listener: a client's (see ``ClientLimits``),
  /// connections, connections for each address, and the time for a handshake.
  public init(
    name: String, address: SocketAddress, tls: TLSContext?, authenticator: Authenticator, limits: Limits,
    webSocket: WebSocketSettings? = nil, proxyNetworks: NetworkList? = nil,
    allowedVersions: Set<ProtocolVersion> = Set(ProtocolVersion.allCases), mountPoint: MountPoint? = nil
  ) {
    clientLimits = ClientLimits(limits)
    connectionsMax = limits.connectionsMax
    connectionsPerAddressMax = limits.connectionsPerAddressMax
    handshakeTimeoutSeconds = limits.handshakeTimeoutSeconds
    self.webSocket = webSocket
    self.proxyNetworks = proxyNetworks
    self.allowedVersions = allowedVersions
    self.mountPoint = mountPoint
    self.name = name
    self.address = address
    self.tls = tls
    self.authenticator = authenticator
  }
}
