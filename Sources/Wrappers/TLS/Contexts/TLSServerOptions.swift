/// What a server's ``TLSContext`` is made from.
public struct TLSServerOptions: Sendable {
  /// A PEM file: the server's certificate, then the certificates that lead to its root.
  public var certificateChainFile: String
  /// A PEM file with the private key of the server's certificate; PKCS#8 or traditional, encrypted or not.
  public var privateKeyFile: String
  /// The passphrase of an encrypted private key, 1 to 1,024 bytes as they are (no line end).
  public var privateKeyPassphrase: [UInt8]?
  /// Whether clients are asked for a certificate.
  public var clientCertificates: ClientCertificatePolicy
  /// A PEM file with the authorities whose client certificates are accepted, each an anchor of trust by itself; needed
  /// unless ``clientCertificates`` is `none`.
  public var clientAuthorityFile: String?
  /// The oldest version that is spoken.
  public var minimumVersion: TLSVersion
  /// The newest version that is spoken.
  public var maximumVersion: TLSVersion
  /// The cipher suites of TLS 1.2 in OpenSSL's notation; `nil` for those with forward secrecy and authenticated
  /// encryption.
  public var cipherList: String?
  /// The cipher suites of TLS 1.3, best first, separated by colons; `nil` for all three, AES-128-GCM first.
  public var cipherSuites: String?
  /// The groups of key exchange that are offered, best first, by OpenSSL's names (see ``TLSGroup``).
  public var groups: [String]
  /// What verifying a client's chain may cost, in milliseconds of CPU as its keys let expect, 1 to 1,000; a chain that
  /// would cost more is refused before any signature is verified.
  public var verificationMillisecondsMax: Int
  /// The application protocols that are accepted (RFC 7301), best first, 1 to 255 bytes each. A client that names only
  /// others is refused, one that names none is not. With an empty list the extension is ignored.
  public var alpnProtocols: [String]

  /// As long as one step of a handshake may hold a shard up: 3 ms. Keys of P-256, Ed25519 and RSA are far below it in
  /// any number that is taken, two of P-384 just.
  public static let verificationMillisecondsMaxDefault = 3

  /// Creates options; what is left out has the default that is safe for most.
  public init(
    certificateChainFile: String, privateKeyFile: String, privateKeyPassphrase: [UInt8]? = nil,
    clientCertificates: ClientCertificatePolicy = .none, clientAuthorityFile: String? = nil,
    minimumVersion: TLSVersion = .v1_2, maximumVersion: TLSVersion = .v1_3, cipherList: String? = nil,
    cipherSuites: String? = nil, groups: [String] = TLSGroup.defaults,
    verificationMillisecondsMax: Int = TLSServerOptions.verificationMillisecondsMaxDefault, alpnProtocols: [String] = []
  ) {
    self.certificateChainFile = certificateChainFile
    self.privateKeyFile = privateKeyFile
    self.privateKeyPassphrase = privateKeyPassphrase
    self.clientCertificates = clientCertificates
    self.clientAuthorityFile = clientAuthorityFile
    self.minimumVersion = minimumVersion
    self.maximumVersion = maximumVersion
    self.cipherList = cipherList
    self.cipherSuites = cipherSuites
    self.groups = groups
    self.verificationMillisecondsMax = verificationMillisecondsMax
    self.alpnProtocols = alpnProtocols
  }
}
