/// ClientHellos of TLS 1.3, written by hand.
enum ClientHello {
  /// One that lists so many groups, none of them known, before P-256, and so many key shares of unknown groups.
  static func bytes(groups: Int, keyShares: Int) -> [UInt8] {
    let unknown = (0..<groups).map { UInt16(0x4000 + $0 % 0x2000) }
    let groupList = unknown.flatMap { two($0) } + two(23)
    let shares = (0..<keyShares).flatMap { two(UInt16(0x4000 + $0 % 0x2000)) + two(1) + [0] }
    var extensions = part(10, vector(groupList))
    extensions += part(13, vector(two(0x0403) + two(0x0804)))
    extensions += part(43, [2, 3, 4])
    extensions += part(51, vector(shares))
    var body = two(0x0303) + [UInt8](repeating: 7, count: 32) + [0]
    body += vector(two(0x1301)) + [1, 0] + vector(extensions)
    let message = [1, UInt8(body.count >> 16)] + two(UInt16(body.count & 0xFFFF)) + body
    return stride(from: 0, to: message.count, by: 16_000).flatMap { start in
      [22, 3, 1] + vector(Array(message[start..<min(start + 16_000, message.count)]))
    }
  }

  private static func two(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

  private static func vector(_ bytes: [UInt8]) -> [UInt8] { two(UInt16(bytes.count)) + bytes }

  private static func part(_ kind: UInt16, _ bytes: [UInt8]) -> [UInt8] { two(kind) + vector(bytes) }
}
