public import MQTTCodec

/// What a connection speaks that does not begin with what its listener takes, as far as its first bytes tell: for the
/// line with which it is refused.
public enum StrayProtocol: Sendable, Equatable {
  /// MQTT's CONNECT.
  case mqtt
  /// Another packet of MQTT.
  case packet(PacketType)
  /// A handshake of TLS.
  case tls
  /// A request of HTTP.
  case http
  /// A PROXY protocol header of either version.
  case proxyHeader
  /// Something else.
  case other

  /// What a listener takes first.
  public enum Place: Sendable {
    /// MQTT, in the stream itself or within TLS.
    case mqtt
    /// TLS.
    case tls
    /// The request for WebSocket.
    case webSocket
    /// A PROXY protocol header.
    case proxyHeader
  }

  /// Methods of HTTP with the space behind them, as requests begin with them.
  private static let methods = ["GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "PRI "]
  private static let proxySignatures: [[UInt8]] = [
    Array("PROXY ".utf8), [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A],
  ]

  /// Looks at the first bytes of a connection, as many as came.
  public init(_ bytes: some Collection<UInt8>) {
    guard let first = bytes.first else {
      self = .other
      return
    }
    func isBegun(_ signature: some Collection<UInt8>) -> Bool {
      let count = Swift.min(signature.count, bytes.count)
      return bytes.prefix(count).elementsEqual(signature.prefix(count))
    }
    if first == 0x10 {
      self = .mqtt
    } else if first == 0x16 {
      self = .tls
    } else if Self.proxySignatures.contains(where: { isBegun($0) }) {
      self = .proxyHeader
    } else if Self.methods.contains(where: { isBegun($0.utf8) }) {
      self = .http
    } else if let type = PacketType(rawValue: first >> 4), Self.hasFlags(of: type, first & 0x0F) {
      self = .packet(type)
    } else {
      self = .other
    }
  }

  private static func hasFlags(of type: PacketType, _ flags: UInt8) -> Bool {
    switch type {
    case .publish: true
    case .pubrel, .subscribe, .unsubscribe: flags == 2
    case .connect, .connack, .puback, .pubrec, .pubcomp, .suback, .unsuback, .pingreq, .pingresp, .disconnect, .auth:
      flags == 0
    }
  }

  /// What it is, why that is refused in this place, and what to do.
  public func explanation(at place: Place) -> String {
    switch place {
    case .mqtt:
      switch self {
      case .mqtt, .other: "the first packet is not CONNECT: this is no MQTT"
      case .packet(let type): "the first packet is not CONNECT but \("\(type)".uppercased())"
      case .tls: "TLS, and this listener has none: let the client connect without it, or to one with the protocol mqtts"
      case .http:
        "HTTP, and this listener takes MQTT alone: WebSocket needs one with the protocol ws or wss, and metrics have a"
          + " port of their own"
      case .proxyHeader: "a PROXY protocol header, and this listener has no proxy_protocol"
      }
    case .tls:
      "\(name) without TLS, and this listener has TLS alone: let the client use TLS, or a listener without it"
    case .webSocket:
      switch self {
      case .tls: "TLS, and this listener has none: let the client use ws in place of wss, or a listener with wss"
      case .mqtt, .packet, .http, .proxyHeader, .other:
        "\(name), and this listener takes WebSocket alone: let the client use it, or a listener with mqtt or mqtts"
      }
    case .proxyHeader:
      "\(name), and no PROXY protocol header: only proxies connect here, and must be told to send one"
    }
  }

  private var name: String {
    switch self {
    case .mqtt, .packet: "MQTT"
    case .tls: "TLS"
    case .http: "HTTP"
    case .proxyHeader: "a PROXY protocol header"
    case .other: "an unknown protocol"
    }
  }

  /// The first bytes for the log, in hexadecimal digits: enough to know a protocol by, too few for a secret.
  public static func digits(_ bytes: some Collection<UInt8>) -> String {
    bytes.prefix(8).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined(separator: " ")
  }
}
