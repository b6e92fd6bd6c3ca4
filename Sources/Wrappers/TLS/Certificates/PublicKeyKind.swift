/// What a certificate's SubjectPublicKeyInfo (RFC 5280, section 4.1) says about its key, read without making a key of
/// it: the kinds that are taken from clients, and their sizes.
enum PublicKeyKind: Equatable {
  /// An RSA key, also one for PSS alone; bits of the modulus and of the public exponent.
  case rsa(bits: Int, exponentBits: Int)
  /// A key on a named curve: P-256, P-384 or P-521.
  case curve
  /// Ed25519 or Ed448.
  case edwards

  private static let rsaIdentifiers: [[UInt8]] = [
    [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01], [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A],
  ]
  private static let curveIdentifier: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
  private static let namedCurves: [[UInt8]] = [
    [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07], [0x2B, 0x81, 0x04, 0x00, 0x22], [0x2B, 0x81, 0x04, 0x00, 0x23],
  ]
  private static let edwardsIdentifiers: [[UInt8]] = [[0x2B, 0x65, 0x70], [0x2B, 0x65, 0x71]]

  /// Reads it out of a whole certificate; nil when its key is of another kind, or nothing that can be read.
  init?(certificate: UnsafeRawBufferPointer) {
    var outer = DERReader(certificate)
    guard let whole = outer.next(DERReader.sequence), outer.isAtEnd else { return nil }
    var parts = DERReader(whole)
    guard let signed = parts.next(DERReader.sequence) else { return nil }
    var fields = DERReader(signed)
    // The version, which is left out in version 1, then serial number, signature, issuer, validity, subject.
    guard let first = fields.next() else { return nil }
    let skipped = first.tag == 0xA0 ? 5 : 4
    for _ in 0..<skipped where fields.next() == nil { return nil }
    guard let information = fields.next(DERReader.sequence) else { return nil }
    var key = DERReader(information)
    guard let algorithm = key.next(DERReader.sequence), let bits = key.next(DERReader.bitString), bits.count > 1 else {
      return nil
    }
    var words = DERReader(algorithm)
    guard let name = words.next(DERReader.objectIdentifier) else { return nil }
    if Self.rsaIdentifiers.contains(where: { $0.elementsEqual(name) }) {
      guard let sizes = Self.rsaSizes(UnsafeRawBufferPointer(rebasing: bits.dropFirst())) else { return nil }
      self = .rsa(bits: sizes.modulus, exponentBits: sizes.exponent)
    } else if Self.curveIdentifier.elementsEqual(name) {
      // Explicit parameters are a sequence: a stranger could choose a field that makes reading the point dear.
      guard let curve = words.next(DERReader.objectIdentifier),
        Self.namedCurves.contains(where: { $0.elementsEqual(curve) })
      else { return nil }
      self = .curve
    } else if Self.edwardsIdentifiers.contains(where: { $0.elementsEqual(name) }) {
      self = .edwards
    } else {
      return nil
    }
  }

  private static func rsaSizes(_ key: UnsafeRawBufferPointer) -> (modulus: Int, exponent: Int)? {
    var outer = DERReader(key)
    guard let pair = outer.next(DERReader.sequence) else { return nil }
    var numbers = DERReader(pair)
    guard let modulus = numbers.next(DERReader.integer), let exponent = numbers.next(DERReader.integer) else {
      return nil
    }
    return (bitCount(modulus), bitCount(exponent))
  }

  private static func bitCount(_ number: UnsafeRawBufferPointer) -> Int {
    guard let first = number.firstIndex(where: { $0 != 0 }) else { return 0 }
    return (number.count - first) * 8 - number[first].leadingZeroBitCount
  }
}
