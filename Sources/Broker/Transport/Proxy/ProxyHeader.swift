import EventLoop

/// The header with which a proxy in front of the broker says whom it speaks for: the PROXY protocol, versions 1 and 2
/// (HAProxy's proxy-protocol.txt).
///
/// Whoever sends it chooses the address: it is read only from networks that are named in a ``NetworkList``, and there
/// it has to be present.
enum ProxyHeader {
  /// A whole line of version 1 with its CR LF (section 2.1).
  static let version1BytesMax = 107
  /// A whole header of version 2. Addresses take 52 bytes; what a proxy adds about TLS may hold the client's
  /// certificate (section 2.2.5).
  static let version2BytesMax = 4096

  static let signature1 = Array("PROXY ".utf8)
  static let signature2: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  /// Looks at `bytes`: all that was received since the connection began. A header that comes in pieces is looked at
  /// again from its start, which its bounds keep cheap: a line is short, and of version 2 only the first 16 bytes are
  /// read before all are there.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ProxyHeaderResult {
    if isBegun(bytes, signature1) {
      return bytes.count < signature1.count ? .incomplete : version1(bytes)
    }
    if isBegun(bytes, signature2) {
      return bytes.count < signature2.count ? .incomplete : version2(bytes)
    }
    return .malformed(reason: "the connection does not begin with a PROXY protocol header")
  }

  /// Whether `bytes` are the signature, its beginning, or begin with it.
  private static func isBegun(_ bytes: UnsafeBufferPointer<UInt8>, _ signature: [UInt8]) -> Bool {
    zip(bytes, signature).allSatisfy { $0 == $1 }
  }
}
