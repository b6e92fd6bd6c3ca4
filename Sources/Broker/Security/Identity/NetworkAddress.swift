import Glibc

/// An IPv4 or IPv6 address without a port, in one form for all ways to write it: an IPv4 address is the same as that
/// address mapped into IPv6 (RFC 4291, section 2.5.5.2), since proxies may write it so.
struct NetworkAddress: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// Reads a numeric address, such as `192.0.2.7` or `2001:db8::7`; nil when it is anything else. An address with a
  /// zone (`fe80::1%eth0`) is none: it names another device on each network.
  init?(_ text: String) {
    guard !text.utf8.contains(0) else { return nil }
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      high = 0
      low = 0xFFFF_0000_0000 | UInt64(UInt32(bigEndian: v4.s_addr))
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      (high, low) = withUnsafeBytes(of: v6) {
        (
          UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
          UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
      }
    } else {
      return nil
    }
  }

  /// Reads the address of a peer, as ``Credentials/remoteAddress`` has it: `192.0.2.7:5000`, `[2001:db8::7]:5000`.
  init?(ofPeer text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let host = text[..<colon]
    self.init(String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host))
  }
}
