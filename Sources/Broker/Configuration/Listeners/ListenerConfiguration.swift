/// One address on which clients connect.
public struct ListenerConfiguration: Sendable {
  /// What is spoken on a listener.
  public enum WireProtocol: String, Sendable, CaseIterable {
    /// MQTT over plain TCP: everyone on the way can read it.
    case mqtt
    /// MQTT over TLS.
    case mqtts
  }

  /// `name`: unique among listeners; for logs and metrics.
  public let name: Placed<String>
  /// `protocol`: `mqtt` or `mqtts`.
  public let wireProtocol: WireProtocol
  /// `bind`: the address and port. With ``WireProtocol/mqtt`` it is a loopback address unless `allow_plaintext: true`
  /// was set.
  public let bind: Placed<BindAddress>
  /// `tls`: present exactly if the protocol is ``WireProtocol/mqtts``.
  public let tls: ListenerTLSConfiguration?
  /// `identity.from`: which part of a client's certificate is its name. The common name by default.
  public let certificateName: CertificateNameChoice
  /// `connections_max`: connections of this listener at once, 1 to 10,000,000; nil if only the broker's own limit
  /// counts.
  public let connectionsMax: Int?
}
