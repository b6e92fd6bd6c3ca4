extension SocketAddress {
  /// Reads an address with its port, as ``description`` writes it: `127.0.0.1:8883`, `[::1]:8883`; nil when it is
  /// anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      self.init(host: String(host.dropFirst().dropLast()), port: port)
      guard isIPv6 else { return nil }
    } else {
      self.init(host: String(host), port: port)
      guard !isIPv6 else { return nil }
    }
  }
}
