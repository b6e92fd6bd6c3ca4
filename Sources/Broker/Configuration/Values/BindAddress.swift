import Glibc

/// A numeric IP address and a port to listen on. Names are not taken: what a name stands for can change by itself.
public struct BindAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address without brackets, as it was written: `127.0.0.1`, `::1`, `0.0.0.0`.
  public let host: String
  /// The port, 0 to 65535; 0 lets the system choose a free one.
  public let port: Int
  /// Whether the address is of IP version 6.
  public let isIPv6: Bool
  /// Whether only this machine can reach it: 127.0.0.0/8 or ::1, also as an IPv4-mapped address.
  public let isLoopback: Bool

  /// Parses `127.0.0.1:8883` or `[::1]:8883`; nil for anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), port <= 65_535
    else { return nil }
    isIPv6 = host.first == "["
    if isIPv6 {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    }
    self.host = String(host)
    self.port = port
    var address = [UInt8](repeating: 0, count: 16)
    guard !host.utf8.contains(0), inet_pton(isIPv6 ? AF_INET6 : AF_INET, self.host, &address) == 1 else { return nil }
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127]
    let ownself = [UInt8](repeating: 0, count: 15) + [1]
    isLoopback = isIPv6 ? address == ownself || address.starts(with: mapped) : address[0] == 127
  }

  /// The address as one writes it: `127.0.0.1:8883`, `[::1]:8883`.
  public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
