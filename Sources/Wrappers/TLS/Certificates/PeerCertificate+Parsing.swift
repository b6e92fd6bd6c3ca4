import COpenSSL
import Glibc

extension PeerCertificate {
  /// How many alternative names are read; those after it are ignored, so that a certificate cannot cost more.
  static let alternativeNamesMax = 100

  /// Takes the facts from `certificate`; `nil` if it has no readable dates. Leaves OpenSSL's error queue as it may be.
  init?(certificate: OpaquePointer) {
    guard let notBefore = Self.seconds(X509_get0_notBefore(certificate)),
      let notAfter = Self.seconds(X509_get0_notAfter(certificate)),
      let serial = Self.serial(certificate), let digest = Self.digest(certificate),
      let subjectName = X509_get_subject_name(certificate), let issuerName = X509_get_issuer_name(certificate),
      let subject = Self.text(subjectName), let issuer = Self.text(issuerName)
    else { return nil }
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.serialNumber = serial
    self.sha256 = digest
    self.subject = subject
    self.issuer = issuer
    commonName = Self.commonName(subjectName)
    subjectAlternativeNames = Self.alternativeNames(certificate)
  }

  /// Reads the first certificate of a PEM file.
  ///
  /// - Throws: ``TLSError`` when the file is not readable, or there is no certificate in it.
  public static func load(file: String) throws(TLSError) -> PeerCertificate {
    let found = try PEM.certificates(SmallFile.read(file, what: "certificate").bytes, what: "certificate \(file)")
    defer {
      for certificate in found { X509_free(certificate) }
      ErrorQueue.clear()
    }
    guard let facts = PeerCertificate(certificate: found[0]) else {
      throw TLSError(kind: .certificate, message: "certificate \(file): it has no readable dates or names")
    }
    return facts
  }

  /// Whether an IP address, however it is written, is among the alternative names.
  public func names(address: String) -> Bool {
    for family in [AF_INET, AF_INET6] {
      var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
      guard !address.utf8.contains(0), inet_pton(family, address, &bytes) == 1 else { continue }
      guard let text = bytes.withUnsafeBufferPointer(Self.address) else { return false }
      return subjectAlternativeNames.contains(.ip(text))
    }
    return false
  }

  /// The name in one line, as RFC 2253 says, with everything that is not printable escaped.
  private static func text(_ name: OpaquePointer) -> String? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    // Without ESC_MSB letters beyond ASCII stay what they are, in UTF-8.
    let flags = COSSL_NAME_RFC2253 & ~UInt(ASN1_STRFLGS_ESC_MSB)
    guard X509_NAME_print_ex(bio, name, 0, flags) >= 0 else { return nil }
    var bytes: UnsafeMutablePointer<CChar>?
    let count = cossl_bio_mem_data(bio, &bytes)
    guard count > 0, let bytes else { return "" }
    return withoutC1(String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self))
  }

  /// OpenSSL escapes the control characters of ASCII only; those above it steer terminals as well.
  private static func withoutC1(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) }) else { return text }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if (0x80...0x9F).contains(scalar.value) {
        // In UTF-8 the two bytes C2 and the character's own number.
        escaped.append(contentsOf: "\\C2\\\(String(scalar.value, radix: 16, uppercase: true))".unicodeScalars)
      } else {
        escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  private static func commonName(_ name: OpaquePointer) -> String? {
    var last: Int32 = -1
    while true {
      let next = X509_NAME_get_index_by_NID(name, NID_commonName, last)
      if next < 0 { break }
      last = next
    }
    guard last >= 0, let entry = X509_NAME_get_entry(name, last), let data = X509_NAME_ENTRY_get_data(entry) else {
      return nil
    }
    var utf8: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&utf8, data)
    guard count > 0, let utf8 else { return nil }
    defer { cossl_free(utf8) }
    return printable(UnsafeBufferPointer(start: utf8, count: Int(count)))
  }

  /// The bytes as text, if they are UTF-8 without control characters (C0, DEL, C1).
  private static func printable(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty,
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    else { return nil }
    return text
  }

  private static func alternativeNames(_ certificate: OpaquePointer) -> [SubjectAlternativeName] {
    guard let decoded = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let names = OpaquePointer(decoded)
    defer { cossl_general_names_free(names) }
    var result: [SubjectAlternativeName] = []
    for index in 0..<min(cossl_general_names_num(names), Int32(alternativeNamesMax)) {
      if let name = alternativeName(cossl_general_names_get(names, index)) { result.append(name) }
    }
    return result
  }

  private static func alternativeName(_ name: UnsafePointer<GENERAL_NAME>?) -> SubjectAlternativeName? {
    var kind: Int32 = 0
    guard let name, let value = GENERAL_NAME_get0_value(name, &kind),
      [GEN_DNS, GEN_EMAIL, GEN_URI, GEN_IPADD].contains(kind)
    else { return nil }
    let string = value.assumingMemoryBound(to: ASN1_STRING.self)
    let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
    if kind == GEN_IPADD { return address(bytes).map { .ip($0) } }
    guard bytes.allSatisfy({ $0 < 0x80 }), let text = printable(bytes) else { return nil }
    switch kind {
    case GEN_DNS: return .dns(text)
    case GEN_EMAIL: return .email(text)
    default: return .uri(text)
    }
  }

  private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard bytes.count == 4 || bytes.count == 16, let base = bytes.baseAddress else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard inet_ntop(family, base, &text, socklen_t(text.count)) != nil else { return nil }
    return text.withUnsafeBufferPointer { $0.baseAddress.flatMap { String(validatingCString: $0) } }
  }

  private static func serial(_ certificate: OpaquePointer) -> String? {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return nil }
    defer { BN_free(number) }
    guard let digits = BN_bn2hex(number) else { return nil }
    defer { cossl_free(digits) }
    return String(cString: digits)
  }

  private static func digest(_ certificate: OpaquePointer) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: Digest.sha256Bytes)
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, Int(count) == digest.count else { return nil }
    return digest
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return Int64(timegm(&parts))
  }
}

extension TLSSession {
  /// The certificate that the client gave and the handshake accepted, `nil` if it gave none or the handshake is not
  /// done. Parsed at each call: ask once.
  public func peerCertificate() -> PeerCertificate? {
    guard isHandshakeComplete, let certificate = SSL_get0_peer_certificate(ssl) else { return nil }
    defer { ErrorQueue.clear() }
    return PeerCertificate(certificate: certificate)
  }
}
