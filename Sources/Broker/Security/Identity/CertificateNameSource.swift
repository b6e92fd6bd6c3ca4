/// Which part of a client's certificate names the client.
public enum CertificateNameSource: String, Sendable, Hashable, CaseIterable {
  /// The subject's common name.
  case commonName = "CN"
  /// The first DNS name among the subject's alternative names.
  case sanDNS = "DNS"
  /// The first mail address among the subject's alternative names.
  case sanEmail = "email"
  /// The first URI among the subject's alternative names.
  case sanURI = "URI"
  /// The whole subject as one text.
  case subject = "subject"

  /// The source as a person calls it.
  var phrase: String {
    switch self {
    case .commonName: "common name"
    case .sanDNS: "DNS name"
    case .sanEmail: "mail address"
    case .sanURI: "URI"
    case .subject: "subject"
    }
  }
}
