public import EventLoop

/// Networks of IPv4 and IPv6 addresses (CIDR, RFC 4632 section 3.1, RFC 4291 section 2.3): those whose PROXY protocol
/// headers are believed.
///
/// An IPv4 address and the same address mapped into IPv6 (RFC 4291 section 2.5.5.2), as a listener for both sees it,
/// are the same here. The empty list contains nothing.
public struct NetworkList: Sendable, Equatable {
  /// Each new connection is compared with all of them.
  public static let networksMax = 256

  /// IPv4 networks are held as mapped ones, so that there is one kind.
  private struct Network: Equatable {
    let high: UInt64
    let low: UInt64
    let highMask: UInt64
    let lowMask: UInt64
  }

  private let networks: [Network]

  /// Reads networks such as `10.0.0.0/8`, `2001:db8::/32`, or single addresses such as `192.0.2.7`. Throws for what is
  /// none, for an address with bits set behind the prefix, and for more than ``networksMax`` networks.
  public init(_ texts: [String]) throws(NetworkListError) {
    guard texts.count <= Self.networksMax else {
      throw NetworkListError(description: "\(texts.count) networks, at most \(Self.networksMax) are possible")
    }
    var networks: [Network] = []
    for text in texts { networks.append(try Self.network(text)) }
    self.networks = networks
  }

  /// Whether `address` is in one of them; its port and interface don't matter.
  public func contains(_ address: SocketAddress) -> Bool {
    let (high, low) = Self.bits(address)
    return networks.contains { high & $0.highMask == $0.high && low & $0.lowMask == $0.low }
  }

  private static func network(_ text: String) throws(NetworkListError) -> Network {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let host = parts.first, !host.contains("%"), let address = SocketAddress(host: host, port: 0) else {
      throw NetworkListError(
        description: "'\(text)' is no network: write an address and the length of its prefix, such as 10.0.0.0/8")
    }
    let bitsMax = address.isIPv6 ? 128 : 32
    var length = bitsMax
    if parts.count == 2 {
      guard let number = Int(parts[1]), (0...bitsMax).contains(number), String(number) == parts[1] else {
        throw NetworkListError(description: "'\(text)': the length of the prefix is a number from 0 to \(bitsMax)")
      }
      length = number
    }
    let (high, low) = bits(address)
    // The prefix of a mapped address begins behind its 96 fixed bits.
    let prefix = address.isIPv6 ? length : length + 96
    let network = Network(
      high: high, low: low, highMask: mask(prefix), lowMask: mask(prefix - 64))
    guard high & ~network.highMask == 0, low & ~network.lowMask == 0 else {
      throw NetworkListError(
        description: "'\(text)' has bits set behind its prefix: write the first address of the network")
    }
    return network
  }

  /// 64 bits of which the first `count` are set.
  private static func mask(_ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 64 ? .max : ~(.max >> UInt64(count)) }

  private static func bits(_ address: SocketAddress) -> (UInt64, UInt64) {
    address.isIPv6 ? (address.high, address.low) : (0, 0xFFFF_0000_0000 | address.low)
  }
}
