import EventLoop

/// The binary header (section 2.2).
extension ProxyHeader {
  private static let fixedBytes = 16

  static func version2(_ bytes: UnsafeBufferPointer<UInt8>) -> ProxyHeaderResult {
    guard bytes.count >= fixedBytes else { return .incomplete }
    let isLocal: Bool
    switch bytes[12] {
    case 0x20: isLocal = true
    case 0x21: isLocal = false
    default: return .malformed(reason: "the PROXY header has a version or command that does not exist")
    }
    let count = fixedBytes + Int(bytes[14]) << 8 + Int(bytes[15])
    guard count <= version2BytesMax else {
      return .malformed(reason: "the PROXY header has more than \(version2BytesMax) bytes")
    }
    // The family of a LOCAL header is to be ignored.
    let family = isLocal || isOfNoUse(bytes[13]) ? 0 : bytes[13]
    guard let addressBytes = addressBytes(family) else {
      return .malformed(reason: "the PROXY header has a family or transport that does not exist")
    }
    guard count >= fixedBytes + 2 * (addressBytes + (family == 0 ? 0 : 2)) else {
      return .malformed(reason: "the PROXY header is too short for its addresses")
    }
    guard bytes.count >= count else { return .incomplete }
    // Without a family nobody knows where the extensions begin: all is skipped.
    guard family != 0 else { return .found(source: nil, usedBytes: count) }
    guard areExtensionsWhole(bytes[(fixedBytes + 2 * addressBytes + 4)..<count]) else {
      return .malformed(reason: "the PROXY header's extensions do not end where it ends")
    }
    let port = fixedBytes + 2 * addressBytes
    guard
      let source = SocketAddress(
        host: host(bytes[fixedBytes..<(fixedBytes + addressBytes)]),
        port: UInt16(bytes[port]) << 8 | UInt16(bytes[port + 1]))
    else { return .malformed(reason: "the PROXY header's address cannot be read") }
    return .found(source: source, usedBytes: count)
  }

  /// Datagrams and UNIX sockets: what exists but no client of ours can have. It is to be taken as a header that says no
  /// family, so that the socket's address holds.
  private static func isOfNoUse(_ family: UInt8) -> Bool {
    switch family {
    case 0x12, 0x22, 0x31, 0x32: true
    default: false
    }
  }

  /// Bytes of one address; nil for a family or transport that does not exist.
  private static func addressBytes(_ family: UInt8) -> Int? {
    switch family {
    case 0x00: 0
    case 0x11: 4
    case 0x21: 16
    default: nil
    }
  }

  /// Whether type, length and value (section 2.2.x) follow each other up to the end. What they say is not used.
  private static func areExtensionsWhole(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      guard bytes.endIndex - at >= 3 else { return false }
      at += 3 + Int(bytes[at + 1]) << 8 + Int(bytes[at + 2])
    }
    return at == bytes.endIndex
  }

  private static func host(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
    let groups = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }
    return groups.joined(separator: ":")
  }
}
