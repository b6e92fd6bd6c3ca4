/// The Certificate message of a client (RFC 5246, section 7.4.6; RFC 8446, section 4.4.2), judged before OpenSSL parses
/// it: parsing alone makes keys of what is in it, and a stranger chooses what that costs.
enum CertificateMessage {
  /// Certificates in one message: the client's own, eight between it and an authority, and that.
  static let certificatesMax = 10
  /// Bytes of one certificate: 8 KiB hold a key of 8,192 bits and a hundred names.
  static let certificateBytesMax = 8 * 1024
  /// Bits of an RSA key; verifying by it costs 0.3 ms.
  static let rsaBitsMax = 8192
  /// Bits of its public exponent. Nearly all have 17; those of the modulus' size would cost as much as signing.
  static let rsaExponentBitsMax = 32

  /// What is wrong with a message.
  struct Refusal: Equatable {
    /// In words, to stand behind "the client's certificate was refused: ".
    let reason: String
    /// Where in the message a byte may be changed so that no part of it is parsed: the first byte of the first
    /// certificate, or of the list's length.
    let place: Int
  }

  /// Judges the message behind its header of 4 bytes. nil when it may be parsed: what is no such message is for OpenSSL
  /// to refuse, which it does before it parses any part.
  static func refusal(_ body: UnsafeRawBufferPointer, isTLS13: Bool) -> Refusal? {
    var at = 0
    if isTLS13 {
      guard let context = body.first else { return nil }
      at = 1 + Int(context)
    }
    let listAt = at
    guard let listBytes = number(body, at), at + 3 + listBytes == body.count else { return nil }
    at += 3
    let first = at + 3 < body.count ? at + 3 : listAt
    var count = 0
    while at < body.count {
      guard let bytes = number(body, at), at + 3 + bytes <= body.count else { return broken(listAt) }
      count += 1
      let certificate = UnsafeRawBufferPointer(rebasing: body[at + 3..<at + 3 + bytes])
      guard count <= certificatesMax else {
        return Refusal(reason: "more than \(certificatesMax) certificates in its chain", place: first)
      }
      if let reason = reason(certificate, count) { return Refusal(reason: reason, place: first) }
      at += 3 + bytes
      guard isTLS13 else { continue }
      guard at + 2 <= body.count else { return broken(listAt) }
      at += 2 + Int(body[at]) << 8 + Int(body[at + 1])
      guard at <= body.count else { return broken(listAt) }
    }
    return nil
  }

  private static func broken(_ place: Int) -> Refusal { Refusal(reason: "its chain is not readable", place: place) }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int? {
    guard at + 3 <= bytes.count else { return nil }
    return Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
  }

  private static func reason(_ certificate: UnsafeRawBufferPointer, _ number: Int) -> String? {
    let which = "certificate \(number) of its chain"
    guard certificate.count <= certificateBytesMax else {
      return "\(which) has \(certificate.count) bytes: at most \(certificateBytesMax) are taken"
    }
    switch PublicKeyKind(certificate: certificate) {
    case nil:
      return "\(which) has a key of a kind that is not taken: use P-256, Ed25519 or RSA (also taken: P-384, P-521,"
        + " Ed448)"
    case .rsa(let bits, let exponentBits):
      if bits > rsaBitsMax { return "\(which) has an RSA key of \(bits) bits: at most \(rsaBitsMax) are taken" }
      if exponentBits > rsaExponentBitsMax {
        return "\(which) has an RSA key with a public exponent of \(exponentBits) bits: at most"
          + " \(rsaExponentBitsMax) are taken (use 65537)"
      }
      return nil
    case .curve, .edwards: return nil
    }
  }
}
