/// What a certificate is made for, which decides its extensions (RFC 5280, section 4.2.1).
enum CertificateProfile {
  /// An authority that signs certificates of servers and clients, and no further authorities.
  case authority
  /// A TLS server.
  case server
  /// A TLS client.
  case client

  var basicConstraints: String {
    switch self {
    case .authority: "critical,CA:TRUE,pathlen:0"
    case .server, .client: "critical,CA:FALSE"
    }
  }

  var keyUsage: String {
    switch self {
    case .authority: "critical,keyCertSign,cRLSign"
    case .server, .client: "critical,digitalSignature"
    }
  }

  var extendedKeyUsage: String? {
    switch self {
    case .authority: nil
    case .server: "serverAuth"
    case .client: "clientAuth"
    }
  }
}
