import TLS

extension PeerCertificate {
  /// The client's name in this certificate, or nil when the certificate has none there.
  func name(from source: CertificateNameSource) -> String? {
    switch source {
    case .commonName: return commonName
    case .subject: return subject
    case .sanDNS, .sanEmail, .sanURI:
      for name in subjectAlternativeNames {
        switch (source, name) {
        case (.sanDNS, .dns(let text)), (.sanEmail, .email(let text)), (.sanURI, .uri(let text)): return text
        default: continue
        }
      }
      return nil
    }
  }

  /// What may be an address of the client: the common name, then the IP addresses among the alternative names.
  var addressNames: [String] {
    (commonName.map { [$0] } ?? [])
      + subjectAlternativeNames.compactMap { if case .ip(let text) = $0 { text } else { nil } }
  }
}
