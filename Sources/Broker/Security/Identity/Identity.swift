/// Who a client is, once it was let in. Immutable, so any thread may read it.
///
/// Two identities are equal when all their names are the same bytes: names are never compared by Unicode equivalence.
public struct Identity: Sendable, Hashable {
  /// The client identifier of the session.
  public let clientID: String
  /// The user name whose password was right, or nil.
  public let userName: String?
  /// The name from the certificate that the listener verified, or nil.
  public let certificateName: String?
  /// From which part of the certificate ``certificateName`` is; nil when there is none.
  public let certificateNameSource: CertificateNameSource?
  /// The listener on which the client connected.
  public let listener: String

  /// States an identity that was proven; only an authenticator should do so.
  public init(
    clientID: String, userName: String? = nil, certificateName: String? = nil,
    certificateNameSource: CertificateNameSource? = .commonName, listener: String
  ) {
    self.clientID = clientID
    self.userName = userName
    self.certificateName = certificateName
    self.certificateNameSource = certificateName == nil ? nil : certificateNameSource
    self.listener = listener
  }

  /// Whether the client proved no name at all.
  public var isAnonymous: Bool { userName == nil && certificateName == nil }

  /// Whether both proved the same names, whatever client identifier and listener they used.
  ///
  /// A session belongs to who began it: a client that connects with another's client identifier is refused unless this
  /// holds, so that nobody takes a session and its queued messages over. Two anonymous clients count as the same.
  public func isSamePrincipal(as other: Identity) -> Bool {
    principal == other.principal
  }

  /// The proven names in a form that differs whenever they differ; for comparing and for keeping beside a session.
  public var principal: [UInt8] {
    var result: [UInt8] = []
    // No name holds a NUL (the authenticator refuses it), so NUL separates without doubt.
    if let userName {
      result.append(UInt8(ascii: "u"))
      result.append(contentsOf: userName.utf8)
      result.append(0)
    }
    if let certificateName {
      result.append(UInt8(ascii: "c"))
      result.append(contentsOf: (certificateNameSource?.rawValue ?? "").utf8)
      result.append(0)
      result.append(contentsOf: certificateName.utf8)
      result.append(0)
    }
    return result
  }

  /// Byte for byte.
  public static func == (a: Identity, b: Identity) -> Bool {
    a.clientID.utf8.elementsEqual(b.clientID.utf8) && a.principal == b.principal
      && a.listener.utf8.elementsEqual(b.listener.utf8)
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(Array(clientID.utf8))
    hasher.combine(principal)
    hasher.combine(Array(listener.utf8))
  }
}
