/// A name in a rule's subject or in a group's member: literal bytes but for `*`.
struct NamePattern: Sendable, Hashable {
  /// Which name of a client is compared.
  enum Kind: Sendable, Hashable {
    case user
    case client
    /// A certificate's name: of this source, or of any when nil.
    case certificate(CertificateNameSource?)
  }

  let kind: Kind
  let bytes: [UInt8]

  static let star = UInt8(ascii: "*")

  var isLiteral: Bool { !bytes.contains(Self.star) }

  /// Takes a user name or a client identifier.
  init(kind: Kind, text: String) {
    self.kind = kind
    bytes = [UInt8](text.utf8)
  }

  /// Takes a certificate name that may begin with its source, as in `CN=sensor-*`.
  init(certificate text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let source =
      parts.count < 2
      ? nil
      : CertificateNameSource.allCases.first { $0.rawValue.lowercased() == parts[0].lowercased() }
    self.init(kind: .certificate(source), text: source == nil ? text : String(parts[1]))
  }

  /// What is wrong with the pattern, for a person, or nil.
  var problem: String? {
    if bytes.isEmpty { return "names nobody: write a name, or * for any" }
    if bytes.count > AccessLimits.patternBytesMax { return "is longer than \(AccessLimits.patternBytesMax) bytes" }
    if String(decoding: bytes, as: UTF8.self).unicodeScalars.contains(where: isControl) {
      return "contains a control character, which no name may have"
    }
    return nil
  }

  /// Whether the client has the name of this kind and the pattern fits it.
  func matches(_ identity: Identity) -> Bool {
    let name: String? =
      switch kind {
      case .user: identity.userName
      case .client: identity.clientID
      case .certificate(let source?): identity.certificateNameSource == source ? identity.certificateName : nil
      case .certificate(nil): identity.certificateName
      }
    guard let name, !name.isEmpty, name.utf8.count <= AccessLimits.nameBytesMax else { return false }
    return matches([UInt8](name.utf8))
  }

  /// Whether the pattern fits the bytes. It goes back to the last `*` only: at most the product of both lengths, each
  /// of which is bounded.
  func matches(_ name: [UInt8]) -> Bool {
    var p = 0
    var n = 0
    var retry: (pattern: Int, name: Int)?
    while n < name.count {
      if p < bytes.count, bytes[p] == Self.star {
        p += 1
        retry = (p, n)
      } else if p < bytes.count, bytes[p] == name[n] {
        p += 1
        n += 1
      } else if let last = retry {
        retry = (last.pattern, last.name + 1)
        p = last.pattern
        n = last.name + 1
      } else {
        return false
      }
    }
    return bytes[p...].allSatisfy { $0 == Self.star }
  }
}
