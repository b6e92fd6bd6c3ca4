/// How a listener speaks TLS. Paths are as they can be opened: relative ones were put on the configuration file's
/// folder. Nothing is opened here but a `file:` passphrase; whoever builds the TLS context reports the places given
/// here.
public struct ListenerTLSConfiguration: Sendable {
  /// Whether clients are asked for a certificate.
  public enum ClientCertificates: String, Sendable, CaseIterable {
    /// They are not asked.
    case none
    /// They are asked; a client without one goes on, a client with a wrong one is refused.
    case optional
    /// A client without a valid one is refused in the handshake.
    case required
  }

  /// A version of TLS.
  public enum Version: String, Sendable, CaseIterable {
    /// TLS 1.2 (RFC 5246).
    case v1_2 = "1.2"
    /// TLS 1.3 (RFC 8446).
    case v1_3 = "1.3"
  }

  /// Where the section is written.
  public let place: SourcePlace
  /// `certificate`: the server's certificate chain, PEM.
  public let certificate: Placed<String>
  /// `key`: the server's private key, PEM.
  public let key: Placed<String>
  /// `key_passphrase`: what an encrypted key is opened with.
  public let keyPassphrase: Placed<Secret>?
  /// `client_certificates`: none by default.
  public let clientCertificates: ClientCertificates
  /// `client_ca`: the authorities that sign client certificates, PEM; present if client certificates are asked for.
  public let clientCA: Placed<String>?
  /// `minimum_version`: TLS 1.2 by default.
  public let minimumVersion: Version
  /// `maximum_version`: TLS 1.3 by default; not below the minimum.
  public let maximumVersion: Version
  /// `cipher_list`: the ciphers for TLS 1.2 in OpenSSL's notation; nil for OpenSSL's own choice.
  public let cipherList: Placed<String>?
  /// `cipher_suites`: the cipher suites for TLS 1.3 in OpenSSL's notation; nil for OpenSSL's own choice.
  public let cipherSuites: Placed<String>?
  /// `groups`: the groups of key exchange that are offered, best first; nil for the default. Each is a text that was
  /// given; whoever builds the TLS context reports what can't be offered.
  public let groups: [Placed<String>]?
  /// `verification_milliseconds_max`: what verifying a client's chain may cost, 1 to 1,000; nil for the default.
  public let verificationMillisecondsMax: Int?
  /// `alpn`: the protocol names of RFC 7301 that the server agrees to, best first; none by default: then it is not
  /// negotiated.
  public let alpn: [Placed<String>]
}
