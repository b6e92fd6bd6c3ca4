/// Where a web page is from: scheme, host and port (RFC 6454 section 4).
///
/// Two are equal when the three are: letters of scheme and host count without case, and a default port that is written
/// is the same as one that is left out (section 5).
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
  private let scheme: String
  private let host: String
  private let port: UInt16?

  /// Reads an origin as browsers send it and as it is configured: `https://example.com`, `http://[::1]:8080`. Nil for
  /// anything else, such as a path behind it, several origins, or `null`, which says only that a page's origin is kept
  /// secret.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    // 255 bytes of a name (RFC 1035 section 2.3.4), and room for a scheme and a port.
    guard bytes.count <= 320,
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8),
      let first = bytes.first, Self.isLetter(first),
      bytes[..<colon].allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || "+-.".utf8.contains($0) })
    else { return nil }
    scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    guard let authority = HostAndPort(bytes[(colon + 3)...]) else { return nil }
    host = authority.host.lowercased()
    port = authority.port == Self.portDefault(scheme) ? nil : authority.port
  }

  /// As a browser writes it.
  public var description: String { "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")" }

  private static func portDefault(_ scheme: String) -> UInt16? {
    switch scheme {
    case "http", "ws": 80
    case "https", "wss": 443
    default: nil
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
