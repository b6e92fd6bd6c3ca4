/// One address on which clients connect.
public struct ListenerConfiguration: Sendable {
  /// What is spoken on a listener.
  public enum WireProtocol: String, Sendable, CaseIterable {
    /// MQTT over plain TCP: everyone on the way can read it.
    case mqtt
    /// MQTT over TLS.
    case mqtts
    /// MQTT over WebSocket, without TLS: everyone on the way can read it.
    case ws
    /// MQTT over WebSocket over TLS.
    case wss

    /// Whether TLS is beneath it.
    public var isEncrypted: Bool { self == .mqtts || self == .wss }
    /// Whether WebSocket is beneath MQTT.
    public var isWebSocket: Bool { self == .ws || self == .wss }
  }

  /// A version of MQTT.
  public enum Version: String, Sendable, CaseIterable {
    /// MQTT 3.1.
    case v3_1 = "3.1"
    /// MQTT 3.1.1.
    case v3_1_1 = "3.1.1"
    /// MQTT 5.0.
    case v5 = "5"
  }

  /// `name`: unique among listeners; for logs and metrics.
  public let name: Placed<String>
  /// `protocol`: `mqtt`, `mqtts`, `ws` or `wss`.
  public let wireProtocol: WireProtocol
  /// `bind`: the address and port. Without TLS it is a loopback address unless `allow_plaintext: true` was set.
  public let bind: Placed<BindAddress>
  /// `tls`: present exactly if the protocol is encrypted.
  public let tls: ListenerTLSConfiguration?
  /// `identity.from`: which part of a client's certificate is its name. The common name by default.
  public let certificateName: CertificateNameChoice
  /// `limits`: what holds here; the broker's where the listener has none of its own.
  public let limits: LimitsConfiguration
  /// `websocket`: present exactly if the protocol is WebSocket's.
  public let webSocket: ListenerWebSocketConfiguration?
  /// `proxy_protocol.networks`: the addresses of proxies, each of which begins its connections with a PROXY header; nil
  /// if clients connect themselves. Each is a text that was given; whoever builds the list reports what is no network.
  public let proxyNetworks: [Placed<String>]?
  /// `versions`: the versions of MQTT that are taken; all by default.
  public let versions: Set<Version>
  /// `maximum_qos`: the highest QoS of its clients' publishes and subscriptions. 2; 0 to 2.
  public let maximumQoS: Int
  /// `retain_available`: whether its clients may set retained messages, and get them. True by default.
  public let isRetainAvailable: Bool
  /// `mount_point`: topic levels that the topics of its clients lie below; nil if there are none. A text that was
  /// given; whoever makes a mount point of it reports what is none.
  public let mountPoint: Placed<String>?
}
