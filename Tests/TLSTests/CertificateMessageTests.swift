import Testing

@testable import TLS

/// The Certificate message of a client, judged as bytes.
@Suite struct CertificateMessageTests {
  private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
  private static let ec: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
  private static let dsa: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01]
  private static let p256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    if count < 0x80 { return [tag, UInt8(count)] + content }
    if count < 0x100 { return [tag, 0x81, UInt8(count)] + content }
    return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
  }

  private static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, Array(parts.joined())) }

  /// A certificate whose only meaningful part is its key.
  private static func certificate(_ algorithm: [UInt8], _ key: [UInt8], padding: Int = 0) -> [UInt8] {
    let empty = sequence()
    let signed = sequence(
      element(0xA0, element(2, [2])), element(2, [1]), empty, empty, empty, empty,
      sequence(algorithm, element(3, [0] + key)), element(0xA3, [UInt8](repeating: 0, count: padding)))
    return sequence(signed, empty, element(3, [0, 1]))
  }

  private static func rsaKey(bits: Int, exponent: [UInt8] = [1, 0, 1]) -> [UInt8] {
    let key = sequence(element(2, [0, 0x80] + [UInt8](repeating: 1, count: bits / 8 - 1)), element(2, exponent))
    return certificate(sequence(element(6, rsa), [5, 0]), key)
  }

  private static func curveKey(_ curve: [UInt8], _ name: [UInt8] = ec) -> [UInt8] {
    certificate(sequence(element(6, name), curve), [4] + [UInt8](repeating: 1, count: 64))
  }

  private static func three(_ number: Int) -> [UInt8] {
    [UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
  }

  private static func message(_ certificates: [[UInt8]], isTLS13: Bool) -> [UInt8] {
    var list: [UInt8] = []
    for certificate in certificates {
      list += three(certificate.count) + certificate
      if isTLS13 { list += [0, 0] }
    }
    let context: [UInt8] = isTLS13 ? [0] : []
    return context + three(list.count) + list
  }

  private static func refusal(_ bytes: [UInt8], isTLS13: Bool) -> CertificateMessage.Refusal? {
    bytes.withUnsafeBytes { CertificateMessage.refusal($0, isTLS13: isTLS13) }
  }

  @Test(arguments: [false, true])
  func `usual keys pass, in any version`(isTLS13: Bool) {
    let good = [
      Self.rsaKey(bits: 2048), Self.rsaKey(bits: 8192), Self.curveKey(Self.element(6, Self.p256)),
      Self.certificate(Self.sequence(Self.element(6, [0x2B, 0x65, 0x70])), [UInt8](repeating: 1, count: 32)),
    ]
    #expect(Self.refusal(Self.message(good, isTLS13: isTLS13), isTLS13: isTLS13) == nil)
    #expect(Self.refusal(Self.message([], isTLS13: isTLS13), isTLS13: isTLS13) == nil, "a client may have none")
  }

  @Test(arguments: [false, true])
  func `keys that are dear are refused wherever they are in the chain`(isTLS13: Bool) throws {
    let good = Self.curveKey(Self.element(6, Self.p256))
    let dear: [([UInt8], String)] = [
      (Self.rsaKey(bits: 16_384), "16384 bits"),
      (Self.rsaKey(bits: 3072, exponent: [UInt8](repeating: 1, count: 384)), "exponent of 3065 bits"),
      (Self.curveKey(Self.sequence(Self.element(2, [1]))), "of a kind"),
      (Self.curveKey(Self.element(6, [0x2B, 0x81, 0x04, 0x00, 0x21])), "of a kind"),
      (Self.curveKey([], Self.dsa), "of a kind"), ([0x30, 0x80, 0, 0], "of a kind"), ([1], "of a kind"),
      ([], "of a kind"),
      (Self.certificate(Self.sequence(Self.element(6, Self.rsa)), [9], padding: 8200), "at most 8192"),
    ]
    for (bad, reason) in dear {
      for chain in [[bad], [good, bad], [good, good, bad, good]] {
        let bytes = Self.message(chain, isTLS13: isTLS13)
        let refusal = try #require(Self.refusal(bytes, isTLS13: isTLS13), "\(reason)")
        #expect(refusal.reason.contains(reason), "\(refusal)")
        #expect(bytes.indices.contains(refusal.place))
        if chain.count > 1 { #expect(bytes[refusal.place] == 0x30, "the first certificate") }
      }
    }
    let many = Self.message(Array(repeating: good, count: 11), isTLS13: isTLS13)
    #expect(Self.refusal(many, isTLS13: isTLS13)?.reason.contains("more than 10") == true)
  }

  @Test(arguments: [false, true])
  func `damaged messages are refused, or left to OpenSSL, and never trap`(isTLS13: Bool) {
    var random = SeededRandom(seed: 18)
    let whole = Self.message([Self.rsaKey(bits: 2048), Self.curveKey(Self.element(6, Self.p256))], isTLS13: isTLS13)
    for count in 0..<whole.count { _ = Self.refusal(Array(whole[..<count]), isTLS13: isTLS13) }
    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0...Int(random.next() % 4) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if let refusal = Self.refusal(bytes, isTLS13: isTLS13) { #expect(bytes.indices.contains(refusal.place)) }
    }
  }
}
