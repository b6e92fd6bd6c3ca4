/// `uri-host [ ":" port ]` (RFC 9110 section 4.2): a name, an IPv4 address, or an IPv6 address in brackets.
struct HostAndPort {
  let host: String
  let port: UInt16?

  /// Nil when `bytes` are anything else; an empty port counts as none (RFC 3986 section 3.2.3).
  init?(_ bytes: ArraySlice<UInt8>) {
    var hostEnd = bytes.endIndex
    if bytes.first == UInt8(ascii: "[") {
      guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")),
        bytes[bytes.startIndex + 1..<bracket].contains(UInt8(ascii: ":")),
        bytes[bytes.startIndex + 1..<bracket].allSatisfy({ Self.isHexDigit($0) || ":.".utf8.contains($0) })
      else { return nil }
      hostEnd = bracket + 1
    } else {
      hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
      guard bytes.startIndex < hostEnd, bytes[..<hostEnd].allSatisfy(Self.isOfName) else { return nil }
    }
    host = String(decoding: bytes[..<hostEnd], as: UTF8.self)
    guard hostEnd < bytes.endIndex else {
      port = nil
      return
    }
    let digits = bytes[(hostEnd + 1)...]
    guard bytes[hostEnd] == UInt8(ascii: ":"), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    guard !digits.isEmpty else {
      port = nil
      return
    }
    guard let number = UInt16(String(decoding: digits, as: UTF8.self)) else { return nil }
    port = number
  }

  /// The characters of a `reg-name` (RFC 3986 section 3.2.2).
  private static func isOfName(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~!$&'()*+,;=%".utf8.contains(byte)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }
}
