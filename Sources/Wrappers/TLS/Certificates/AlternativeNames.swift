import COpenSSL

/// Puts alternative names into a certificate. They are built as values, not as text that is parsed, so that no comma in
/// a name can make another name.
enum AlternativeNames {
  static func add(_ names: [SubjectAlternativeName], to certificate: OpaquePointer) throws(TLSError) {
    guard let list = cossl_general_names_new() else {
      throw TLSError(kind: .internalFailure, message: "no memory for alternative names")
    }
    defer { cossl_general_names_free(list) }
    for name in names { try append(name, to: list) }
    guard X509_add1_ext_i2d(certificate, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, 0) == 1 else {
      throw TLSError(kind: .internalFailure, message: "alternative names: \(ErrorQueue.drainText())")
    }
  }

  private static func append(_ name: SubjectAlternativeName, to list: OpaquePointer) throws(TLSError) {
    let kind: Int32
    let text: String
    switch name {
    case .dns(let name): (kind, text) = (GEN_DNS, name)
    case .email(let name): (kind, text) = (GEN_EMAIL, name)
    case .uri(let name): (kind, text) = (GEN_URI, name)
    case .ip(let name):
      guard let address = a2i_IPADDRESS(name) else {
        ErrorQueue.clear()
        throw TLSError(kind: .option, message: "\"\(name)\" is not an IP address")
      }
      try append(GEN_IPADD, address, to: list)
      return
    }
    guard isPrintableASCII(text), kind != GEN_DNS || isDNSName(text) else {
      throw TLSError(
        kind: .option,
        message: "alternative name \"\(text)\": 1 to 253 printable ASCII characters, and a DNS name has labels "
          + "of 1 to 63 letters, digits and hyphens between its dots")
    }
    let bytes = [UInt8](text.utf8)
    guard let string = ASN1_STRING_type_new(V_ASN1_IA5STRING) else {
      throw TLSError(kind: .internalFailure, message: "no memory for alternative names")
    }
    guard ASN1_STRING_set(string, bytes, Int32(bytes.count)) == 1 else {
      ASN1_STRING_free(string)
      throw TLSError(kind: .internalFailure, message: "no memory for alternative names")
    }
    try append(kind, string, to: list)
  }

  /// Appends `value`, whose owner is the list from then on.
  private static func append(
    _ kind: Int32, _ value: UnsafeMutablePointer<ASN1_STRING>, to list: OpaquePointer
  ) throws(TLSError) {
    guard cossl_general_names_push(list, kind, value) == 1 else {
      ASN1_STRING_free(value)
      throw TLSError(kind: .internalFailure, message: "no memory for alternative names")
    }
  }

  private static func isPrintableASCII(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isDNSName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.enumerated().allSatisfy { index, label in
      if index == 0, labels.count > 1, label.elementsEqual("*".utf8) { return true }
      guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
        return false
      }
      return label.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    }
  }
}
