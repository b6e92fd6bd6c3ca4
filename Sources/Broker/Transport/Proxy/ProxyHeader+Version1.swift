import EventLoop

/// The line of text (section 2.1).
extension ProxyHeader {
  static func version1(_ bytes: UnsafeBufferPointer<UInt8>) -> ProxyHeaderResult {
    let window = bytes.prefix(version1BytesMax)
    guard let lineEnd = window.firstIndex(where: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) else {
      return window.count < version1BytesMax
        ? .incomplete : .malformed(reason: "the PROXY line has more than \(version1BytesMax) bytes")
    }
    guard window[lineEnd] == UInt8(ascii: "\r"), lineEnd + 1 < version1BytesMax else {
      return .malformed(reason: "the PROXY line does not end in CR LF")
    }
    guard lineEnd + 1 < window.count else { return .incomplete }
    guard window[lineEnd + 1] == UInt8(ascii: "\n") else {
      return .malformed(reason: "the PROXY line does not end in CR LF")
    }
    let fields = window[..<lineEnd].dropFirst(signature1.count)
      .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    // Whatever follows UNKNOWN is to be ignored.
    if fields.first == "UNKNOWN" { return .found(source: nil, usedBytes: lineEnd + 2) }
    guard let family = fields.first, family == "TCP4" || family == "TCP6" else {
      return .malformed(reason: "the PROXY line names neither TCP4 nor TCP6 nor UNKNOWN")
    }
    guard fields.count == 5,
      let source = address(fields[1], port: fields[3], isIPv6: family == "TCP6"),
      address(fields[2], port: fields[4], isIPv6: family == "TCP6") != nil
    else { return .malformed(reason: "the PROXY line has not two \(family) addresses and two ports") }
    return .found(source: source, usedBytes: lineEnd + 2)
  }

  private static func address(_ text: String, port: String, isIPv6: Bool) -> SocketAddress? {
    // No interface behind the address: its name would be looked up.
    guard !text.utf8.contains(UInt8(ascii: "%")), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      port == "0" || port.first != "0", let number = UInt16(port),
      let address = SocketAddress(host: text, port: number), address.isIPv6 == isIPv6
    else { return nil }
    return address
  }
}
